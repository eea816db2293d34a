using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>A topic's own settings are these from here on, and no others.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class TopicConfigsSet : ICatalogEvent
{
    [Field]
    public Guid TopicId { get; set; }

    /// <summary>Names of the settings, in order.</summary>
    [Field]
    public string[] ConfigNames { get; set; } = [];

    /// <summary>Their values.</summary>
    [Field]
    public string[] ConfigValues { get; set; } = [];
}
