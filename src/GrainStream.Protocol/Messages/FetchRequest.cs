using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for record batches from an offset on.</summary>
/// <remarks>
/// Versions 0 to 3 ended with Kafka 4 (KIP-896). 7 has sessions. 10 allows zstd. 12 is flexible. 13 names topics by id.
/// </remarks>
[KafkaMessage(ApiKey.Fetch, MessageKind.Request, "4-18", Flexible = "12+")]
public sealed partial class FetchRequest
{
    /// <summary>Cluster the client means to talk to; null for any.</summary>
    [Field("12+", Nullable = "12+", Tag = 0, Ignorable = true)]
    public string? ClusterId { get; set; }

    /// <summary>Broker id of a follower; -1 for a consumer.</summary>
    [Field("0-14")]
    public int ReplicaId { get; set; } = -1;

    /// <summary>Absent for a consumer.</summary>
    [Field("15+", Tag = 1)]
    public FollowerState? ReplicaState { get; set; }

    /// <summary>Milliseconds to wait for <see cref="MinBytes"/> before answering with less.</summary>
    [Field]
    public int MaxWaitMs { get; set; }

    /// <summary>Bytes worth answering for.</summary>
    [Field]
    public int MinBytes { get; set; }

    /// <summary>Bytes of records to answer with at most, except that a first batch is sent whole (KIP-74).</summary>
    [Field]
    public int MaxBytes { get; set; } = int.MaxValue;

    /// <summary>0 read uncommitted, 1 read committed: only up to the last stable offset.</summary>
    [Field]
    public sbyte IsolationLevel { get; set; }

    /// <summary>Fetch session (KIP-227); 0 for none or to open one.</summary>
    [Field("7+", Ignorable = true)]
    public int SessionId { get; set; }

    /// <summary>Counts the requests of a session; 0 opens one, -1 asks for none or closes it.</summary>
    [Field("7+", Ignorable = true)]
    public int SessionEpoch { get; set; } = -1;

    [Field]
    public FetchTopic[] Topics { get; set; } = [];

    /// <summary>Partitions to take out of the session.</summary>
    [Field("7+")]
    public ForgottenTopic[] ForgottenTopicsData { get; set; } = [];

    /// <summary>Rack of the consumer, to be served by a near replica (KIP-392); empty for none.</summary>
    [Field("11+", Ignorable = true)]
    public string RackId { get; set; } = "";

    /// <summary>Identity of a follower (KIP-903).</summary>
    [KafkaStruct]
    public sealed partial class FollowerState
    {
        [Field("15+")]
        public int ReplicaId { get; set; } = -1;

        [Field("15+")]
        public long ReplicaEpoch { get; set; } = -1;
    }

    /// <summary>A topic to fetch from.</summary>
    [KafkaStruct]
    public sealed partial class FetchTopic
    {
        [Field("0-12", Ignorable = true)]
        public string Topic { get; set; } = "";

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("13+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field]
        public FetchPartition[] Partitions { get; set; } = [];
    }

    /// <summary>Partitions of a topic to take out of the session.</summary>
    [KafkaStruct]
    public sealed partial class ForgottenTopic
    {
        [Field("7-12", Ignorable = true)]
        public string Topic { get; set; } = "";

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("13+", Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>Partition indexes.</summary>
        [Field("7+")]
        public int[] Partitions { get; set; } = [];
    }

    /// <summary>A partition to fetch from.</summary>
    [KafkaStruct]
    public sealed partial class FetchPartition
    {
        [Field]
        public int Partition { get; set; }

        /// <summary>Epoch of the leader as the client knows it, to be fenced by (KIP-320); -1 if it does not.</summary>
        [Field("9+", Ignorable = true)]
        public int CurrentLeaderEpoch { get; set; } = -1;

        /// <summary>First offset wanted.</summary>
        [Field]
        public long FetchOffset { get; set; }

        /// <summary>Epoch of the record before <see cref="FetchOffset"/>, to detect divergence; -1 if unknown.</summary>
        [Field("12+")]
        public int LastFetchedEpoch { get; set; } = -1;

        /// <summary>Sent by followers.</summary>
        [Field("5+", Ignorable = true)]
        public long LogStartOffset { get; set; } = -1;

        /// <summary>Like <see cref="MaxBytes"/>, for this partition.</summary>
        [Field]
        public int PartitionMaxBytes { get; set; }

        /// <summary>Sent by followers.</summary>
        [Field("17+", Tag = 0, Ignorable = true)]
        public Guid ReplicaDirectoryId { get; set; }

        /// <summary>Sent by followers (KIP-1166).</summary>
        [Field("18+", Tag = 1, Ignorable = true)]
        public long HighWatermark { get; set; } = long.MaxValue;
    }
}
