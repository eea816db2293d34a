using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>A static member came back under a new member id and takes over what it had (KIP-345). Generation and assignment stay.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class StaticMemberReplaced : IGroupEvent
{
    [Field]
    public string OldMemberId { get; set; } = "";

    [Field]
    public string NewMemberId { get; set; } = "";

    [Field]
    public string ClientId { get; set; } = "";

    [Field]
    public string ClientHost { get; set; } = "";

    [Field]
    public int SessionTimeoutMs { get; set; }

    [Field]
    public int RebalanceTimeoutMs { get; set; }

    /// <summary>Assignors it can work with, the one it likes best first.</summary>
    [Field]
    public MemberProtocol[] Protocols { get; set; } = [];

    /// <summary>An assignor that a member can work with.</summary>
    [KafkaStruct]
    public sealed partial class MemberProtocol
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>What the member tells this assignor.</summary>
        [Field]
        public byte[] Metadata { get; set; } = [];
    }
}
