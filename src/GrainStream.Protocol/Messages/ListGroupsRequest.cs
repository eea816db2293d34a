using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for the groups this broker coordinates.</summary>
/// <remarks>3 is flexible. 4 can choose by state (KIP-518), 5 by type (KIP-848).</remarks>
[KafkaMessage(ApiKey.ListGroups, MessageKind.Request, "0-5", Flexible = "3+")]
public sealed partial class ListGroupsRequest
{
    /// <summary>States wanted; empty for all.</summary>
    [Field("4+")]
    public string[] StatesFilter { get; set; } = [];

    /// <summary>Types wanted, "classic" or "consumer"; empty for all.</summary>
    [Field("5+")]
    public string[] TypesFilter { get; set; } = [];
}
