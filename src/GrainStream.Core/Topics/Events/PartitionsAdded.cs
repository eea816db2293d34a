using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>A topic has more partitions from here on.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class PartitionsAdded : ICatalogEvent
{
    [Field]
    public Guid TopicId { get; set; }

    /// <summary>How many it has now, in all.</summary>
    [Field]
    public int Partitions { get; set; }
}
