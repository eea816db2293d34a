using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Brokers, topics and leaders.</summary>
/// <remarks>
/// 9 is flexible. 10 tells topic ids. 13 has an error for the request as a whole (KIP-1102).
/// </remarks>
[KafkaMessage(ApiKey.Metadata, MessageKind.Response, "0-13", Flexible = "9+")]
public sealed partial class MetadataResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("3+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public MetadataResponseBroker[] Brokers { get; set; } = [];

    /// <summary>Null if there is none.</summary>
    [Field("2+", Nullable = "2+", Ignorable = true)]
    public string? ClusterId { get; set; }

    /// <summary>-1 if unknown.</summary>
    [Field("1+", Ignorable = true)]
    public int ControllerId { get; set; } = -1;

    [Field]
    public MetadataResponseTopic[] Topics { get; set; } = [];

    /// <summary>Bit field of what the client may do with the cluster; the default is "not asked for".</summary>
    [Field("8-10")]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    /// <summary>Of the request as a whole.</summary>
    [Field("13+", Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>A broker.</summary>
    [KafkaStruct]
    public sealed partial class MetadataResponseBroker
    {
        [Field]
        public int NodeId { get; set; }

        [Field]
        public string Host { get; set; } = "";

        [Field]
        public int Port { get; set; }

        /// <summary>Null if the broker has none.</summary>
        [Field("1+", Nullable = "1+", Ignorable = true)]
        public string? Rack { get; set; }
    }

    /// <summary>A topic.</summary>
    [KafkaStruct]
    public sealed partial class MetadataResponseTopic
    {
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Null for an unknown topic asked for by id.</summary>
        [Field(Nullable = "12+")]
        public string? Name { get; set; }

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("10+", Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>Whether the topic is kept by the brokers for their own use.</summary>
        [Field("1+", Ignorable = true)]
        public bool IsInternal { get; set; }

        [Field]
        public MetadataResponsePartition[] Partitions { get; set; } = [];

        /// <summary>Bit field of what the client may do with the topic; the default is "not asked for".</summary>
        [Field("8+")]
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>A partition.</summary>
    [KafkaStruct]
    public sealed partial class MetadataResponsePartition
    {
        [Field]
        public ErrorCode ErrorCode { get; set; }

        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>-1 if there is none.</summary>
        [Field]
        public int LeaderId { get; set; }

        /// <summary>-1 if unknown.</summary>
        [Field("7+", Ignorable = true)]
        public int LeaderEpoch { get; set; } = -1;

        /// <summary>Brokers that hold the partition.</summary>
        [Field]
        public int[] ReplicaNodes { get; set; } = [];

        /// <summary>Those in sync with the leader.</summary>
        [Field]
        public int[] IsrNodes { get; set; } = [];

        /// <summary>Those that do not respond.</summary>
        [Field("5+", Ignorable = true)]
        public int[] OfflineReplicas { get; set; } = [];
    }
}
