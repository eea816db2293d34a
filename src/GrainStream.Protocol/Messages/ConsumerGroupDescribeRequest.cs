using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for groups of the consumer protocol and their members (KIP-848).</summary>
/// <remarks>1 tells each member's protocol.</remarks>
[KafkaMessage(ApiKey.ConsumerGroupDescribe, MessageKind.Request, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupDescribeRequest
{
    [Field]
    public string[] GroupIds { get; set; } = [];

    [Field]
    public bool IncludeAuthorizedOperations { get; set; }
}
