using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks to be a member of the group's next generation (classic protocol).</summary>
/// <remarks>
/// 1 has a rebalance time-out. From 4 on, a new member is first given an id to come back with (KIP-394). 5 has static membership (KIP-345). 6 is flexible.
/// 8 gives a reason (KIP-800).
/// </remarks>
[KafkaMessage(ApiKey.JoinGroup, MessageKind.Request, "0-9", Flexible = "6+")]
public sealed partial class JoinGroupRequest
{
    [Field]
    public string GroupId { get; set; } = "";

    /// <summary>Milliseconds without a heartbeat after which the member counts as gone.</summary>
    [Field]
    public int SessionTimeoutMs { get; set; }

    /// <summary>Milliseconds the member may take to join again in a rebalance; -1 for the session time-out.</summary>
    [Field("1+", Ignorable = true)]
    public int RebalanceTimeoutMs { get; set; } = -1;

    /// <summary>Empty for a member that has none yet.</summary>
    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>Name a static member keeps over restarts; null for a dynamic member.</summary>
    [Field("5+", Nullable = "5+")]
    public string? GroupInstanceId { get; set; }

    /// <summary>What the group is for, such as "consumer"; the same for all members.</summary>
    [Field]
    public string ProtocolType { get; set; } = "";

    /// <summary>Assignors the member can work with, the one it likes best first.</summary>
    [Field]
    public JoinGroupRequestProtocol[] Protocols { get; set; } = [];

    /// <summary>Why the member joins, for people; null if it does not say.</summary>
    [Field("8+", Nullable = "8+", Ignorable = true)]
    public string? Reason { get; set; }

    /// <summary>An assignor.</summary>
    [KafkaStruct]
    public sealed partial class JoinGroupRequestProtocol
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>What the member tells this assignor; for consumers a <see cref="ConsumerProtocolSubscription"/> behind its version.</summary>
        [Field]
        public byte[] Metadata { get; set; } = [];
    }
}
