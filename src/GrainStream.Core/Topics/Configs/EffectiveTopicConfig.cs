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
        MaxMessageBytes = int.Parse(Value(TopicConfigs.MaxMessageBytes), CultureInfo.InvariantCulture);
        Rules = new AppendRules
        {
            MaxMessageBytes = MaxMessageBytes,
            TimestampType = TimestampType,
            TimestampBeforeMaxMs = long.Parse(Value(TopicConfigs.MessageTimestampBeforeMaxMs), CultureInfo.InvariantCulture),
            TimestampAfterMaxMs = long.Parse(Value(TopicConfigs.MessageTimestampAfterMaxMs), CultureInfo.InvariantCulture),
        };
    }

    /// <summary>What partitions ask of batches.</summary>
    public AppendRules Rules { get; }

    /// <summary>max.message.bytes.</summary>
    public int MaxMessageBytes { get; }

    /// <summary>message.timestamp.type.</summary>
    public TimestampType TimestampType { get; }

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
}
