using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>The generation a member has joined.</summary>
[KafkaMessage(ApiKey.JoinGroup, MessageKind.Response, "0-9", Flexible = "6+")]
public sealed partial class JoinGroupResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("2+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>-1 on errors.</summary>
    [Field]
    public int GenerationId { get; set; } = -1;

    [Field("7+", Nullable = "7+", Ignorable = true)]
    public string? ProtocolType { get; set; }

    /// <summary>The assignor chosen; null, or empty in versions without null, on errors.</summary>
    [Field(Nullable = "7+")]
    public string? ProtocolName { get; set; }

    /// <summary>The member that makes the assignment; empty on errors.</summary>
    [Field]
    public string Leader { get; set; } = "";

    /// <summary>The leader is to leave assignments as they are: a static member has come back (KIP-814).</summary>
    [Field("9+")]
    public bool SkipAssignment { get; set; }

    /// <summary>The member that asked, by its id, new or old.</summary>
    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>All members, for the leader; empty for the others.</summary>
    [Field]
    public JoinGroupResponseMember[] Members { get; set; } = [];

    /// <summary>A member.</summary>
    [KafkaStruct]
    public sealed partial class JoinGroupResponseMember
    {
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>Null for a dynamic member.</summary>
        [Field("5+", Nullable = "5+", Ignorable = true)]
        public string? GroupInstanceId { get; set; }

        /// <summary>What it told the chosen assignor.</summary>
        [Field]
        public byte[] Metadata { get; set; } = [];
    }
}
