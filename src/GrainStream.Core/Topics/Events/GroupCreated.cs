using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Topics.Events;

/// <summary>A group exists from here on, and has a log: partition 0 of the id given here.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class GroupCreated : ICatalogEvent
{
    /// <summary>Stands where a topic's id stands; random.</summary>
    [Field]
    public Guid LogId { get; set; }

    /// <summary>The group's name in the protocol.</summary>
    [Field]
    public string GroupId { get; set; } = "";
}
