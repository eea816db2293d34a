using System.Globalization;

namespace GrainStream.Core.Topics.Configs;

/// <summary>
/// A broker's settings as they count now: run-time settings of this broker, then those of all brokers, then the server's settings at
/// start, then the built-in defaults. Immutable.
/// </summary>
public sealed class BrokerConfig
{
    /// <summary>Nothing set: all defaults.</summary>
    public static readonly BrokerConfig Default = new(ConfigOverrides.None, ConfigOverrides.None, ConfigOverrides.None);

    private readonly ConfigOverrides _static;
    private readonly ConfigOverrides _dynamicDefault;
    private readonly ConfigOverrides _dynamic;

    private BrokerConfig(ConfigOverrides @static, ConfigOverrides dynamicDefault, ConfigOverrides dynamic)
    {
        _static = @static;
        _dynamicDefault = dynamicDefault;
        _dynamic = dynamic;
        AutoCreateTopicsEnable = Flag(BrokerConfigs.AutoCreateTopicsEnable);
        DeleteTopicEnable = Flag(BrokerConfigs.DeleteTopicEnable);
        NumPartitions = Int(BrokerConfigs.NumPartitions);
        DefaultReplicationFactor = Int(BrokerConfigs.DefaultReplicationFactor);
        FetchMaxBytes = Int(BrokerConfigs.FetchMaxBytes);
        MaxConnections = Int(BrokerConfigs.MaxConnections);
        MessageMaxBytes = Int(BrokerConfigs.MessageMaxBytes);
        SocketRequestMaxBytes = Int(BrokerConfigs.SocketRequestMaxBytes);
        ProducerIdExpiration = TimeSpan.FromMilliseconds(Int(BrokerConfigs.ProducerIdExpirationMs));
        ProducerIdExpirationCheckInterval = TimeSpan.FromMilliseconds(Int(BrokerConfigs.ProducerIdExpirationCheckIntervalMs));
        SegmentDeleteDelay = TimeSpan.FromMilliseconds(
            Math.Min(MaxTimerMs, long.Parse(Value(BrokerConfigs.LogSegmentDeleteDelayMs), CultureInfo.InvariantCulture)));
        RetentionCheckInterval = TimeSpan.FromMilliseconds(
            Math.Min(MaxTimerMs, long.Parse(Value(BrokerConfigs.LogRetentionCheckIntervalMs), CultureInfo.InvariantCulture)));
        long idleMs = long.Parse(Value(BrokerConfigs.ConnectionsMaxIdleMs), CultureInfo.InvariantCulture);
        ConnectionsMaxIdle = idleMs < 0 || idleMs > MaxTimerMs ? null : TimeSpan.FromMilliseconds(idleMs);
    }

    /// <summary>auto.create.topics.enable, by default true.</summary>
    public bool AutoCreateTopicsEnable { get; }

    /// <summary>delete.topic.enable, by default true.</summary>
    public bool DeleteTopicEnable { get; }

    /// <summary>num.partitions, by default 1.</summary>
    public int NumPartitions { get; }

    /// <summary>default.replication.factor, by default 1.</summary>
    public int DefaultReplicationFactor { get; }

    /// <summary>fetch.max.bytes, by default 55 MiB.</summary>
    public int FetchMaxBytes { get; }

    /// <summary>max.connections, by default 4,096.</summary>
    public int MaxConnections { get; }

    /// <summary>message.max.bytes, by default 1,048,588.</summary>
    public int MessageMaxBytes { get; }

    /// <summary>socket.request.max.bytes, by default 100 MiB.</summary>
    public int SocketRequestMaxBytes { get; }

    /// <summary>producer.id.expiration.ms, by default a day.</summary>
    public TimeSpan ProducerIdExpiration { get; }

    /// <summary>producer.id.expiration.check.interval.ms, by default 10 minutes.</summary>
    public TimeSpan ProducerIdExpirationCheckInterval { get; }

    /// <summary>log.segment.delete.delay.ms, by default a minute.</summary>
    public TimeSpan SegmentDeleteDelay { get; }

    /// <summary>log.retention.check.interval.ms, by default 5 minutes.</summary>
    public TimeSpan RetentionCheckInterval { get; }

    /// <summary>connections.max.idle.ms, by default 10 minutes; null for never.</summary>
    public TimeSpan? ConnectionsMaxIdle { get; }

    /// <summary>Longest a .NET timer can wait; longer is never.</summary>
    private const long MaxTimerMs = 0xfffffffe;

    /// <summary>
    /// Builds the configuration from the server's settings. If any is wrong, <paramref name="errors"/> has a line for each, saying how
    /// to mend it, and the configuration is the default one.
    /// </summary>
    public static bool TryCreate(
        IEnumerable<KeyValuePair<string, string?>> settings, out BrokerConfig config, out IReadOnlyList<string> errors)
    {
        var found = new List<string>();
        var valid = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string? value) in settings)
        {
            if (!BrokerConfigs.All.TryGetValue(name, out ConfigDefinition? definition))
            {
                found.Add(ConfigOverrides.UnknownSetting(BrokerConfigs.All, name));
            }
            else if (value is null)
            {
                found.Add($"The setting {name} has no value. Give one, or leave it out for its default, {definition.DefaultValue}.");
            }
            else if (!definition.TryParse(value, out string canonical, out string? error))
            {
                found.Add(error!);
            }
            else
            {
                valid[name] = canonical;
            }
        }

        foreach ((string name, string coarser, long factor) in BrokerConfigs.Coarser)
        {
            if (!valid.ContainsKey(name) && valid.TryGetValue(coarser, out string? value))
            {
                long number = long.Parse(value, CultureInfo.InvariantCulture);
                valid[name] = (number < 0 ? number : number * factor).ToString(CultureInfo.InvariantCulture);
            }
        }

        config = new BrokerConfig(ConfigOverrides.FromChecked(valid), ConfigOverrides.None, ConfigOverrides.None);
        if (config.CheckTogether() is { } conflict)
        {
            found.Add(conflict);
        }

        if (found.Count > 0)
        {
            config = Default;
        }

        errors = found;
        return found.Count == 0;
    }

    /// <summary>The same server settings under other run-time settings.</summary>
    /// <param name="dynamicDefault">Those of all brokers.</param>
    /// <param name="dynamic">Those of this broker, which go before.</param>
    public BrokerConfig WithDynamic(ConfigOverrides dynamicDefault, ConfigOverrides dynamic) => new(_static, dynamicDefault, dynamic);

    /// <summary>Says what is wrong with the settings taken together; null if nothing.</summary>
    public string? CheckTogether() => MessageMaxBytes > SocketRequestMaxBytes
        ? $"message.max.bytes ({MessageMaxBytes}) is more than socket.request.max.bytes ({SocketRequestMaxBytes}), so that " +
            "such a message could not be sent. Lower the first or raise the second."
        : CheckOrder(BrokerConfigs.GroupMinSessionTimeoutMs, BrokerConfigs.GroupMaxSessionTimeoutMs)
            ?? CheckOrder(BrokerConfigs.GroupConsumerMinSessionTimeoutMs, BrokerConfigs.GroupConsumerSessionTimeoutMs)
            ?? CheckOrder(BrokerConfigs.GroupConsumerSessionTimeoutMs, BrokerConfigs.GroupConsumerMaxSessionTimeoutMs)
            ?? CheckOrder(BrokerConfigs.GroupConsumerMinHeartbeatIntervalMs, BrokerConfigs.GroupConsumerHeartbeatIntervalMs)
            ?? CheckOrder(BrokerConfigs.GroupConsumerHeartbeatIntervalMs, BrokerConfigs.GroupConsumerMaxHeartbeatIntervalMs)
            ?? (Int(BrokerConfigs.GroupConsumerHeartbeatIntervalMs) >= Int(BrokerConfigs.GroupConsumerSessionTimeoutMs)
                ? $"{BrokerConfigs.GroupConsumerHeartbeatIntervalMs} must be less than {BrokerConfigs.GroupConsumerSessionTimeoutMs}, or members are gone before they are heard of."
                : null);

    /// <summary>The value that counts, of a setting that exists.</summary>
    public string Value(string name) => Describe(name)[0].Value;

    /// <summary>Every place that has a value for the setting, the one that counts first.</summary>
    public IReadOnlyList<ConfigSynonym> Describe(string name)
    {
        var places = new List<ConfigSynonym>(4);
        Add(_dynamic, ConfigSource.DynamicBroker);
        Add(_dynamicDefault, ConfigSource.DynamicDefaultBroker);
        Add(_static, ConfigSource.StaticBroker);
        places.Add(new ConfigSynonym(name, BrokerConfigs.All[name].DefaultValue, ConfigSource.Default));
        return places;

        void Add(ConfigOverrides overrides, ConfigSource source)
        {
            if (overrides.TryGet(name, out string? value))
            {
                places.Add(new ConfigSynonym(name, value, source));
            }
        }
    }

    /// <summary>All settings, in order of name.</summary>
    public IEnumerable<ConfigValue> DescribeAll() => BrokerConfigs.All.Values
        .OrderBy(definition => definition.Name, StringComparer.Ordinal)
        .Select(definition => new ConfigValue(definition, Describe(definition.Name)));

    private string? CheckOrder(string least, string greatest) => Int(least) <= Int(greatest)
        ? null
        : $"{least} ({Int(least)}) is more than {greatest} ({Int(greatest)}). Lower the first or raise the second.";

    private bool Flag(string name) => bool.Parse(Value(name));

    private int Int(string name) => int.Parse(Value(name), CultureInfo.InvariantCulture);
}
