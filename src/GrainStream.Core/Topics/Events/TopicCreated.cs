using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>A topic exists from here on.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class TopicCreated : ICatalogEvent
{
    [Field]
    public Guid TopicId { get; set; }

    [Field]
    public string Name { get; set; } = "";

    [Field]
    public int Partitions { get; set; }

    /// <summary>Names of the topic's own settings, in order.</summary>
    [Field]
    public string[] ConfigNames { get; set; } = [];

    /// <summary>Their values.</summary>
    [Field]
    public string[] ConfigValues { get; set; } = [];
}
