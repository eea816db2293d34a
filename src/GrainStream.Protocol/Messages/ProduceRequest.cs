using GrainStream.Protocol.Schema;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Messages;

/// <summary>Appends record batches to partitions.</summary>
/// <remarks>
/// Versions 0 to 2 carried older record formats and ended with Kafka 4 (KIP-896). 7 allows zstd. 9 is flexible. 13 names topics by id.
/// ApiVersions should nevertheless announce 0 as the lowest version: librdkafka takes anything else for a broker without compression
/// (KAFKA-18659).
/// </remarks>
[KafkaMessage(ApiKey.Produce, MessageKind.Request, "3-13", Flexible = "9+")]
public sealed partial class ProduceRequest
{
    /// <summary>Null for a producer without transactions.</summary>
    [Field(Nullable = "0+")]
    public string? TransactionalId { get; set; }

    /// <summary>Who must have the records before the answer: 0 nobody (no answer is sent), 1 the leader, -1 all in-sync replicas.</summary>
    [Field]
    public short Acks { get; set; }

    /// <summary>Milliseconds the client will wait.</summary>
    [Field]
    public int TimeoutMs { get; set; }

    [Field]
    public TopicProduceData[] TopicData { get; set; } = [];

    /// <summary>A topic to produce to.</summary>
    [KafkaStruct]
    public sealed partial class TopicProduceData
    {
        [Field("0-12", Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id (KIP-516); all zero if it is not given.</summary>
        [Field("13+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field]
        public PartitionProduceData[] PartitionData { get; set; } = [];
    }

    /// <summary>A partition to produce to.</summary>
    [KafkaStruct]
    public sealed partial class PartitionProduceData
    {
        [Field]
        public int Index { get; set; }

        /// <summary>Record batches back to back.</summary>
        [Field(Nullable = "0+")]
        public RecordSet Records { get; set; }
    }
}
