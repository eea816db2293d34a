using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>What became of the batches of a <see cref="ProduceRequest"/>; not sent at all if its acks were 0.</summary>
/// <remarks>
/// 8 tells which record was at fault. 10 tells the new leader. 13 names topics by id.
/// </remarks>
[KafkaMessage(ApiKey.Produce, MessageKind.Response, "3-13", Flexible = "9+")]
public sealed partial class ProduceResponse
{
    [Field]
    public TopicProduceResponse[] Responses { get; set; } = [];

    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>Where the brokers named as current leaders listen.</summary>
    [Field("10+", Tag = 0)]
    public NodeEndpoint[] NodeEndpoints { get; set; } = [];

    /// <summary>Outcome for a topic.</summary>
    [KafkaStruct]
    public sealed partial class TopicProduceResponse
    {
        [Field("0-12", Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("13+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field]
        public PartitionProduceResponse[] PartitionResponses { get; set; } = [];
    }

    /// <summary>Where a broker listens.</summary>
    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        [Field("10+")]
        public int NodeId { get; set; }

        [Field("10+")]
        public string Host { get; set; } = "";

        [Field("10+")]
        public int Port { get; set; }

        /// <summary>Null if the broker has none.</summary>
        [Field("10+", Nullable = "10+")]
        public string? Rack { get; set; }
    }

    /// <summary>Outcome for a partition.</summary>
    [KafkaStruct]
    public sealed partial class PartitionProduceResponse
    {
        [Field]
        public int Index { get; set; }

        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Offset given to the first record; -1 if nothing was appended.</summary>
        [Field]
        public long BaseOffset { get; set; }

        /// <summary>Timestamp the broker put on the records; -1 if they keep their own.</summary>
        [Field]
        public long LogAppendTimeMs { get; set; } = -1;

        /// <summary>First offset of the partition; -1 if unknown.</summary>
        [Field("5+", Ignorable = true)]
        public long LogStartOffset { get; set; } = -1;

        /// <summary>Records because of which the whole batch was refused (KIP-467).</summary>
        [Field("8+", Ignorable = true)]
        public BatchIndexAndErrorMessage[] RecordErrors { get; set; } = [];

        /// <summary>Null if there is nothing to say.</summary>
        [Field("8+", Nullable = "8+", Ignorable = true)]
        public string? ErrorMessage { get; set; }

        /// <summary>Sent with NOT_LEADER_OR_FOLLOWER to save the client a metadata request (KIP-951).</summary>
        [Field("10+", Tag = 0)]
        public LeaderIdAndEpoch? CurrentLeader { get; set; }
    }

    /// <summary>A record at fault.</summary>
    [KafkaStruct]
    public sealed partial class BatchIndexAndErrorMessage
    {
        /// <summary>Position of the record in its batch, from 0.</summary>
        [Field("8+")]
        public int BatchIndex { get; set; }

        [Field("8+", Nullable = "8+")]
        public string? BatchIndexErrorMessage { get; set; }
    }

    /// <summary>Who leads a partition.</summary>
    [KafkaStruct]
    public sealed partial class LeaderIdAndEpoch
    {
        /// <summary>-1 if there is none.</summary>
        [Field("10+")]
        public int LeaderId { get; set; } = -1;

        /// <summary>-1 if unknown.</summary>
        [Field("10+")]
        public int LeaderEpoch { get; set; } = -1;
    }
}
