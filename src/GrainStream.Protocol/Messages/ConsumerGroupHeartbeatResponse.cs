using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Where the member stands, and what it is to own.</summary>
[KafkaMessage(ApiKey.ConsumerGroupHeartbeat, MessageKind.Response, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupHeartbeatResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>For people; null if there is nothing to say.</summary>
    [Field(Nullable = "0+")]
    public string? ErrorMessage { get; set; }

    /// <summary>Null on errors.</summary>
    [Field(Nullable = "0+")]
    public string? MemberId { get; set; }

    [Field]
    public int MemberEpoch { get; set; }

    /// <summary>Milliseconds between heartbeats.</summary>
    [Field]
    public int HeartbeatIntervalMs { get; set; }

    /// <summary>Null if it has not changed.</summary>
    [Field(Nullable = "0+")]
    public MemberAssignment? Assignment { get; set; }

    /// <summary>What the member is to own.</summary>
    [KafkaStruct]
    public sealed partial class MemberAssignment
    {
        [Field]
        public TopicPartitions[] TopicPartitions { get; set; } = [];
    }

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
