namespace GrainStream.Core.Topics.Configs;

/// <summary>Where a setting's value comes from; the values are those of DescribeConfigs responses. The first that is set wins.</summary>
public enum ConfigSource : sbyte
{
    Unknown = 0,

    /// <summary>Set on the topic.</summary>
    DynamicTopic = 1,

    /// <summary>Set at run time on this broker.</summary>
    DynamicBroker = 2,

    /// <summary>Set at run time for all brokers.</summary>
    DynamicDefaultBroker = 3,

    /// <summary>From the server's settings at start.</summary>
    StaticBroker = 4,

    /// <summary>Built in.</summary>
    Default = 5,
}
