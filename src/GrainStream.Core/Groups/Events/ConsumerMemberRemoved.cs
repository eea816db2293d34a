using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>A member of a consumer group left, or is taken for gone. What it owned is free, what it was to own is nobody's.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ConsumerMemberRemoved : IConsumerProtocolEvent
{
    [Field]
    public string MemberId { get; set; } = "";
}
