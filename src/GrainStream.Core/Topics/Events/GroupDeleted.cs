using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>A group and its log are gone. The log's id is never used again; the group's name may be.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class GroupDeleted : ICatalogEvent
{
    [Field]
    public Guid LogId { get; set; }
}
