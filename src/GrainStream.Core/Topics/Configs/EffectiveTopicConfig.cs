using System.Globalization;
using GrainStream.Core.Log;

namespace GrainStream.Core.Topics.Configs;

/// <summary>
/// A topic's settings as they count now: its own, then the broker's. Immutable; topics without settings of their own share one.
/// </summary>
public sealed class EffectiveTopicConfig
{
    private readonly ConfigOverrides _overrides;
    private readonly BrokerConfig _broker;

    public EffectiveTopicConfig(ConfigOverrides overrides, BrokerConfig broker)
    {
        _overrides = overrides;
        _broker = broker;
        TimestampType = Value(TopicConfigs.MessageTimestampType) == nameof(Log.TimestampType.LogAppendTime)
            ? Log.TimestampType.LogAppendTime
            : Log.TimestampType.CreateTime;
        MaxMessageBytes = (int)Long(TopicConfigs.MaxMessageBytes);
        string[] policy = ConfigDefinition.Entries(Value(TopicConfigs.CleanupPolicy));
        IsDeleted = policy.Contains("delete", StringComparer.Ordinal);
        IsCompacted = policy.Contains("compact", StringComparer.Ordinal);
        RetentionMs = Long(TopicConfigs.RetentionMs);
        RetentionBytes = Long(TopicConfigs.RetentionBytes);
        SegmentBytes = (int)Long(TopicConfigs.SegmentBytes);
        FileDeleteDelayMs = Long(TopicConfigs.FileDeleteDelayMs);
        DeleteRetentionMs = Long(TopicConfigs.DeleteRetentionMs);
        MinCompactionLagMs = Long(TopicConfigs.MinCompactionLagMs);
        MaxCompactionLagMs = Long(TopicConfigs.MaxCompactionLagMs);
        SegmentMs = IsCompacted ? Math.Min(Long(TopicConfigs.SegmentMs), MaxCompactionLagMs) : Long(TopicConfigs.SegmentMs);
        MinCleanableDirtyRatio = double.Parse(Value(TopicConfigs.MinCleanableDirtyRatio), CultureInfo.InvariantCulture);
        Rules = new AppendRules
        {
            MaxMessageBytes = MaxMessageBytes,
            TimestampType = TimestampType,
            TimestampBeforeMaxMs = Long(TopicConfigs.MessageTimestampBeforeMaxMs),
            TimestampAfterMaxMs = Long(TopicConfigs.MessageTimestampAfterMaxMs),
            RequiresKeys = IsCompacted,
        };
    }

    /// <summary>What partitions ask of batches.</summary>
    public AppendRules Rules { get; }

    /// <summary>max.message.bytes.</summary>
    public int MaxMessageBytes { get; }

    /// <summary>message.timestamp.type.</summary>
    public TimestampType TimestampType { get; }

    /// <summary>cleanup.policy has "delete": retention.ms and retention.bytes count.</summary>
    public bool IsDeleted { get; }

    /// <summary>cleanup.policy has "compact": the last record of each key stays.</summary>
    public bool IsCompacted { get; }

    /// <summary>retention.ms; -1 for ever.</summary>
    public long RetentionMs { get; }

    /// <summary>retention.bytes, of one partition; -1 for any number.</summary>
    public long RetentionBytes { get; }

    /// <summary>segment.bytes: the most that one segment should have.</summary>
    public int SegmentBytes { get; }

    /// <summary>
    /// segment.ms: the greatest age of what lies in no segment. In a compacted topic at most max.compaction.lag.ms, since only segments are compacted (KIP-354).
    /// </summary>
    public long SegmentMs { get; }

    /// <summary>file.delete.delay.ms: how long objects outlast their deletion.</summary>
    public long FileDeleteDelayMs { get; }

    /// <summary>delete.retention.ms: how long compaction keeps delete markers.</summary>
    public long DeleteRetentionMs { get; }

    /// <summary>min.compaction.lag.ms: younger records are not compacted.</summary>
    public long MinCompactionLagMs { get; }

    /// <summary>max.compaction.lag.ms: older records are compacted at once. The least lag goes before, should the two contradict.</summary>
    public long MaxCompactionLagMs { get; }

    /// <summary>min.cleanable.dirty.ratio: the share of a partition that must be uncompacted to begin, 0 to 1.</summary>
    public double MinCleanableDirtyRatio { get; }

    /// <summary>Says what is wrong with the settings taken together; null if nothing.</summary>
    public string? CheckTogether() => MinCompactionLagMs > MaxCompactionLagMs
        ? $"min.compaction.lag.ms ({MinCompactionLagMs}) is more than max.compaction.lag.ms ({MaxCompactionLagMs}). Lower the first or raise the second."
        : null;

    /// <summary>The value that counts, of a topic setting that exists.</summary>
    public string Value(string name) => _overrides.TryGet(name, out string? value)
        ? value
        : TopicConfigs.All[name] is { BrokerName: { } brokerName } ? _broker.Value(brokerName) : TopicConfigs.All[name].DefaultValue;

    /// <summary>The setting with every place that has a value for it, the one that counts first.</summary>
    public ConfigValue Describe(string name)
    {
        ConfigDefinition definition = TopicConfigs.All[name];
        var places = new List<ConfigSynonym>(4);
        if (_overrides.TryGet(name, out string? value))
        {
            places.Add(new ConfigSynonym(name, value, ConfigSource.DynamicTopic));
        }

        if (definition.BrokerName is { } brokerName)
        {
            places.AddRange(_broker.Describe(brokerName));
        }
        else
        {
            places.Add(new ConfigSynonym(name, definition.DefaultValue, ConfigSource.Default));
        }

        return new ConfigValue(definition, places);
    }

    /// <summary>All settings, in order of name.</summary>
    public IEnumerable<ConfigValue> DescribeAll() => TopicConfigs.All.Keys.Order(StringComparer.Ordinal).Select(Describe);

    private long Long(string name) => long.Parse(Value(name), CultureInfo.InvariantCulture);
}
