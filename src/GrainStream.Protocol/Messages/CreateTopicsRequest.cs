using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Creates topics.</summary>
/// <remarks>
/// Versions 0 and 1 ended with Kafka 4 (KIP-896). 4 allows the broker's defaults for partitions and replicas. 5 is flexible.
/// </remarks>
[KafkaMessage(ApiKey.CreateTopics, MessageKind.Request, "2-7", Flexible = "5+")]
public sealed partial class CreateTopicsRequest
{
    [Field]
    public CreatableTopic[] Topics { get; set; } = [];

    /// <summary>Milliseconds the client will wait.</summary>
    [Field]
    public int TimeoutMs { get; set; } = 60000;

    /// <summary>Check and answer, but change nothing.</summary>
    [Field]
    public bool ValidateOnly { get; set; }

    /// <summary>A topic to create.</summary>
    [KafkaStruct]
    public sealed partial class CreatableTopic
    {
        [Field]
        public string Name { get; set; } = "";

        /// <summary>-1 for the broker's default.</summary>
        [Field]
        public int NumPartitions { get; set; }

        /// <summary>-1 for the broker's default.</summary>
        [Field]
        public short ReplicationFactor { get; set; }

        /// <summary>Brokers of each partition; empty to let the broker choose.</summary>
        [Field]
        public CreatableReplicaAssignment[] Assignments { get; set; } = [];

        [Field]
        public CreatableTopicConfig[] Configs { get; set; } = [];
    }

    /// <summary>Brokers of a partition.</summary>
    [KafkaStruct]
    public sealed partial class CreatableReplicaAssignment
    {
        [Field]
        public int PartitionIndex { get; set; }

        [Field]
        public int[] BrokerIds { get; set; } = [];
    }

    /// <summary>A config to set.</summary>
    [KafkaStruct]
    public sealed partial class CreatableTopicConfig
    {
        [Field]
        public string Name { get; set; } = "";

        [Field(Nullable = "0+")]
        public string? Value { get; set; }
    }
}
