using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for groups of the classic protocol and their members.</summary>
/// <remarks>3 can ask what the client may do. 4 tells static members. 5 is flexible. 6 answers for an unknown group with an error (KIP-1043).</remarks>
[KafkaMessage(ApiKey.DescribeGroups, MessageKind.Request, "0-6", Flexible = "5+")]
public sealed partial class DescribeGroupsRequest
{
    /// <summary>Group ids.</summary>
    [Field]
    public string[] Groups { get; set; } = [];

    [Field("3+")]
    public bool IncludeAuthorizedOperations { get; set; }
}
