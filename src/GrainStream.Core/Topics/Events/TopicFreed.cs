using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>Nothing of a deleted topic is left in the object store: it need not be remembered any longer.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class TopicFreed : ICatalogEvent
{
    [Field]
    public Guid TopicId { get; set; }
}
