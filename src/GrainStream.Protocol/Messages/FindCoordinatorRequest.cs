using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks which broker coordinates a group or a transactional producer.</summary>
/// <remarks>3 is flexible. 4 asks for several at once (KIP-699). 6 knows share groups (KIP-932).</remarks>
[KafkaMessage(ApiKey.FindCoordinator, MessageKind.Request, "0-6", Flexible = "3+")]
public sealed partial class FindCoordinatorRequest
{
    /// <summary>The group's or the transactional id.</summary>
    [Field("0-3")]
    public string Key { get; set; } = "";

    /// <summary>What the keys are.</summary>
    [Field("1+")]
    public CoordinatorKeyType KeyType { get; set; }

    /// <summary>What later versions have in place of <see cref="Key"/>.</summary>
    [Field("4+", Ignorable = true)]
    public string[] CoordinatorKeys { get; set; } = [];
}
