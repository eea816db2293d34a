using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Notes how far a group has come.</summary>
/// <remarks>
/// Versions 0 and 1 ended with Kafka 4 (KIP-896). 5 leaves retention to the broker. 7 has static membership (KIP-345). 8 is flexible. 9 is for members of
/// the consumer protocol (KIP-848). 10 names topics by id.
/// </remarks>
[KafkaMessage(ApiKey.OffsetCommit, MessageKind.Request, "2-10", Flexible = "8+")]
public sealed partial class OffsetCommitRequest
{
    [Field]
    public string GroupId { get; set; } = "";

    /// <summary>Generation (classic) or member epoch (consumer protocol) of the member; -1 from who is no member.</summary>
    [Field("1+", Ignorable = true)]
    public int GenerationIdOrMemberEpoch { get; set; } = -1;

    /// <summary>Empty from who is no member.</summary>
    [Field("1+", Ignorable = true)]
    public string MemberId { get; set; } = "";

    /// <summary>Name a static member keeps over restarts; null for a dynamic member.</summary>
    [Field("7+", Nullable = "7+")]
    public string? GroupInstanceId { get; set; }

    /// <summary>Milliseconds to keep the offsets for; -1 for the broker's setting.</summary>
    [Field("2-4", Ignorable = true)]
    public long RetentionTimeMs { get; set; } = -1;

    [Field]
    public OffsetCommitRequestTopic[] Topics { get; set; } = [];

    /// <summary>A topic.</summary>
    [KafkaStruct]
    public sealed partial class OffsetCommitRequestTopic
    {
        [Field("0-9", Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id (KIP-516).</summary>
        [Field("10+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field]
        public OffsetCommitRequestPartition[] Partitions { get; set; } = [];
    }

    /// <summary>A partition.</summary>
    [KafkaStruct]
    public sealed partial class OffsetCommitRequestPartition
    {
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>Offset of the next record to read.</summary>
        [Field]
        public long CommittedOffset { get; set; }

        /// <summary>Epoch of the record before it (KIP-320); -1 if unknown.</summary>
        [Field("6+", Ignorable = true)]
        public int CommittedLeaderEpoch { get; set; } = -1;

        /// <summary>Whatever the client wants to keep with it.</summary>
        [Field(Nullable = "0+")]
        public string? CommittedMetadata { get; set; }
    }
}
