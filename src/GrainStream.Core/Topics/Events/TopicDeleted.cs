using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>A topic and all its partitions are gone. Its id is never used again; its name may be.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class TopicDeleted : ICatalogEvent
{
    [Field]
    public Guid TopicId { get; set; }
}
