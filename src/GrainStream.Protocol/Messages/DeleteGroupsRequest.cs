using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Deletes groups that have no members.</summary>
/// <remarks>2 is flexible.</remarks>
[KafkaMessage(ApiKey.DeleteGroups, MessageKind.Request, "0-2", Flexible = "2+")]
public sealed partial class DeleteGroupsRequest
{
    /// <summary>Group ids.</summary>
    [Field]
    public string[] GroupsNames { get; set; } = [];
}
