using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for the member's assignment; the leader's brings all assignments (classic protocol).</summary>
/// <remarks>3 has static membership (KIP-345). 4 is flexible. 5 repeats type and assignor (KIP-559).</remarks>
[KafkaMessage(ApiKey.SyncGroup, MessageKind.Request, "0-5", Flexible = "4+")]
public sealed partial class SyncGroupRequest
{
    [Field]
    public string GroupId { get; set; } = "";

    [Field]
    public int GenerationId { get; set; }

    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>Name a static member keeps over restarts; null for a dynamic member.</summary>
    [Field("3+", Nullable = "3+")]
    public string? GroupInstanceId { get; set; }

    /// <summary>What the member believes the group is for; null if it does not say.</summary>
    [Field("5+", Nullable = "5+", Ignorable = true)]
    public string? ProtocolType { get; set; }

    /// <summary>The assignor the member believes was chosen; null if it does not say.</summary>
    [Field("5+", Nullable = "5+", Ignorable = true)]
    public string? ProtocolName { get; set; }

    /// <summary>From the leader, one for each member; empty from the others.</summary>
    [Field]
    public SyncGroupRequestAssignment[] Assignments { get; set; } = [];

    /// <summary>What a member is to work on.</summary>
    [KafkaStruct]
    public sealed partial class SyncGroupRequestAssignment
    {
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>For consumers a <see cref="ConsumerProtocolAssignment"/> behind its version.</summary>
        [Field]
        public byte[] Assignment { get; set; } = [];
    }
}
