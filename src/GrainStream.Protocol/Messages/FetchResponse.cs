using GrainStream.Protocol.Schema;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Messages;

/// <summary>Record batches for a <see cref="FetchRequest"/>.</summary>
/// <remarks>
/// 11 may name a nearer replica. 12 is flexible and tells the leader. 13 names topics by id. 16 tells where leaders listen.
/// </remarks>
[KafkaMessage(ApiKey.Fetch, MessageKind.Response, "4-18", Flexible = "12+")]
public sealed partial class FetchResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>Of the request as a whole.</summary>
    [Field("7+", Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>0 if there is no session.</summary>
    [Field("7+")]
    public int SessionId { get; set; }

    [Field]
    public FetchableTopicResponse[] Responses { get; set; } = [];

    /// <summary>Where the brokers named as current leaders listen.</summary>
    [Field("16+", Tag = 0)]
    public NodeEndpoint[] NodeEndpoints { get; set; } = [];

    /// <summary>Data of a topic.</summary>
    [KafkaStruct]
    public sealed partial class FetchableTopicResponse
    {
        [Field("0-12", Ignorable = true)]
        public string Topic { get; set; } = "";

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("13+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field]
        public PartitionData[] Partitions { get; set; } = [];
    }

    /// <summary>Where a broker listens.</summary>
    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        [Field("16+")]
        public int NodeId { get; set; }

        [Field("16+")]
        public string Host { get; set; } = "";

        [Field("16+")]
        public int Port { get; set; }

        /// <summary>Null if the broker has none.</summary>
        [Field("16+", Nullable = "16+")]
        public string? Rack { get; set; }
    }

    /// <summary>Data of a partition.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        [Field]
        public int PartitionIndex { get; set; }

        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Offset after the last committed record; -1 on errors.</summary>
        [Field]
        public long HighWatermark { get; set; }

        /// <summary>Offset of the first record whose transaction is undecided; -1 if unknown.</summary>
        [Field]
        public long LastStableOffset { get; set; } = -1;

        /// <summary>First offset of the partition; -1 if unknown.</summary>
        [Field("5+", Ignorable = true)]
        public long LogStartOffset { get; set; } = -1;

        /// <summary>End of the largest epoch up to which the fetcher's log agrees with the leader's.</summary>
        [Field("12+", Tag = 0)]
        public EpochEndOffset? DivergingEpoch { get; set; }

        /// <summary>Sent with NOT_LEADER_OR_FOLLOWER to save the client a metadata request (KIP-951).</summary>
        [Field("12+", Tag = 1)]
        public LeaderIdAndEpoch? CurrentLeader { get; set; }

        /// <summary>Sent to controllers.</summary>
        [Field("12+", Tag = 2)]
        public SnapshotId? SnapshotId { get; set; }

        /// <summary>Transactions whose records the consumer must drop; null unless it reads committed.</summary>
        [Field(Nullable = "0+")]
        public AbortedTransaction[]? AbortedTransactions { get; set; } = [];

        /// <summary>Broker to fetch from next time; -1 for the leader.</summary>
        [Field("11+")]
        public int PreferredReadReplica { get; set; } = -1;

        /// <summary>Record batches back to back.</summary>
        [Field(Nullable = "0+")]
        public RecordSet Records { get; set; }
    }

    /// <summary>Where an epoch ends.</summary>
    [KafkaStruct]
    public sealed partial class EpochEndOffset
    {
        [Field("12+")]
        public int Epoch { get; set; } = -1;

        /// <summary>-1 if unknown.</summary>
        [Field("12+")]
        public long EndOffset { get; set; } = -1;
    }

    /// <summary>Who leads a partition.</summary>
    [KafkaStruct]
    public sealed partial class LeaderIdAndEpoch
    {
        /// <summary>-1 if there is none.</summary>
        [Field("12+")]
        public int LeaderId { get; set; } = -1;

        /// <summary>-1 if unknown.</summary>
        [Field("12+")]
        public int LeaderEpoch { get; set; } = -1;
    }

    /// <summary>End of a snapshot.</summary>
    [KafkaStruct]
    public sealed partial class SnapshotId
    {
        /// <summary>-1 if unknown.</summary>
        [Field]
        public long EndOffset { get; set; } = -1;

        [Field]
        public int Epoch { get; set; } = -1;
    }

    /// <summary>A transaction that was aborted.</summary>
    [KafkaStruct]
    public sealed partial class AbortedTransaction
    {
        [Field]
        public long ProducerId { get; set; }

        [Field]
        public long FirstOffset { get; set; }
    }
}
