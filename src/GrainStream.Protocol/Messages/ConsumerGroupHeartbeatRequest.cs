using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>All a member of the consumer protocol says: it joins, lives, moves partitions and leaves (KIP-848).</summary>
/// <remarks>From 1 on the member makes its own id, and may subscribe by regular expression.</remarks>
[KafkaMessage(ApiKey.ConsumerGroupHeartbeat, MessageKind.Request, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupHeartbeatRequest
{
    [Field]
    public string GroupId { get; set; } = "";

    /// <summary>Kept by the member for its whole life, also over epoch 0; empty for a new one in version 0.</summary>
    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>0 joins, -1 leaves, -2 leaves for a while (static member).</summary>
    [Field]
    public int MemberEpoch { get; set; }

    /// <summary>Name a static member keeps over restarts; null if it has none or it has not changed.</summary>
    [Field(Nullable = "0+")]
    public string? InstanceId { get; set; }

    /// <summary>Null if it has none or it has not changed.</summary>
    [Field(Nullable = "0+")]
    public string? RackId { get; set; }

    /// <summary>Milliseconds the member may take to give up partitions; -1 if it has not changed.</summary>
    [Field]
    public int RebalanceTimeoutMs { get; set; } = -1;

    /// <summary>Null if it has not changed.</summary>
    [Field(Nullable = "0+")]
    public string[]? SubscribedTopicNames { get; set; }

    /// <summary>In the syntax of RE2; null if it has not changed, empty for none.</summary>
    [Field("1+", Nullable = "1+")]
    public string? SubscribedTopicRegex { get; set; }

    /// <summary>Null for the broker's choice, or if it has not changed.</summary>
    [Field(Nullable = "0+")]
    public string? ServerAssignor { get; set; }

    /// <summary>What the member owns; null if it has not changed.</summary>
    [Field(Nullable = "0+")]
    public TopicPartitions[]? Partitions { get; set; }

    /// <summary>Partitions of a topic.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartitions
    {
        [Field]
        public Guid TopicId { get; set; }

        [Field]
        public int[] Partitions { get; set; } = [];
    }
}
