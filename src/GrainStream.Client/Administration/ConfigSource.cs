namespace GrainStream.Client.Administration;

/// <summary>Where a setting's value comes from, as Kafka numbers it.</summary>
public enum ConfigSource
{
    Unknown = 0,

    /// <summary>Set for this topic.</summary>
    Topic = 1,

    /// <summary>Set at run time for this broker.</summary>
    DynamicBroker = 2,

    /// <summary>Set at run time for all brokers.</summary>
    DynamicDefaultBroker = 3,

    /// <summary>From the broker's settings file.</summary>
    StaticBroker = 4,

    /// <summary>Kafka's own default.</summary>
    Default = 5,
}
