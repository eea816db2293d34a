using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>The run-time settings of one broker, or of all, are these from here on, and no others.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class BrokerConfigsSet : ICatalogEvent
{
    /// <summary>Stands for all brokers.</summary>
    public const int AllBrokers = -1;

    /// <summary>The broker, or <see cref="AllBrokers"/>.</summary>
    [Field]
    public int BrokerId { get; set; } = AllBrokers;

    /// <summary>Names of the settings, in order.</summary>
    [Field]
    public string[] ConfigNames { get; set; } = [];

    /// <summary>Their values.</summary>
    [Field]
    public string[] ConfigValues { get; set; } = [];
}
