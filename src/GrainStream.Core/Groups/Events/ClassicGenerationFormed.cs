using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>
/// A generation of a classic group: who its members are and what they work on. Replaces the generation before. Makes a consumer group a classic one. Without members the group
/// is empty from here on.
/// </summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ClassicGenerationFormed : IGroupEvent
{
    [Field]
    public int Generation { get; set; }

    /// <summary>When, in milliseconds since 1970.</summary>
    [Field]
    public long AtMs { get; set; }

    /// <summary>What the group is for, such as "consumer"; null if nobody ever joined.</summary>
    [Field(Nullable = "0+")]
    public string? ProtocolType { get; set; }

    /// <summary>The assignor chosen; null without members.</summary>
    [Field(Nullable = "0+")]
    public string? ProtocolName { get; set; }

    /// <summary>The member that made the assignment; null without members.</summary>
    [Field(Nullable = "0+")]
    public string? LeaderId { get; set; }

    [Field]
    public Member[] Members { get; set; } = [];

    /// <summary>A member.</summary>
    [KafkaStruct]
    public sealed partial class Member
    {
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>Null for a dynamic member.</summary>
        [Field(Nullable = "0+")]
        public string? InstanceId { get; set; }

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

        /// <summary>What the leader gave it.</summary>
        [Field]
        public byte[] Assignment { get; set; } = [];
    }

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
