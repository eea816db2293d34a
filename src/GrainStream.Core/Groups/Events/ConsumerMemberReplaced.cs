using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>A static member of a consumer group came back under a new member id (KIP-345). It takes over all that the old one had, at member epoch 0.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ConsumerMemberReplaced : IConsumerProtocolEvent
{
    [Field]
    public string OldMemberId { get; set; } = "";

    [Field]
    public string NewMemberId { get; set; } = "";
}
