using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Deletes the records of partitions below an offset (KIP-107).</summary>
/// <remarks>
/// 2 is flexible.
/// </remarks>
[KafkaMessage(ApiKey.DeleteRecords, MessageKind.Request, "0-2", Flexible = "2+")]
public sealed partial class DeleteRecordsRequest
{
    [Field]
    public DeleteRecordsTopic[] Topics { get; set; } = [];

    /// <summary>Milliseconds the client will wait.</summary>
    [Field]
    public int TimeoutMs { get; set; }

    /// <summary>A topic to delete records of.</summary>
    [KafkaStruct]
    public sealed partial class DeleteRecordsTopic
    {
        [Field]
        public string Name { get; set; } = "";

        [Field]
        public DeleteRecordsPartition[] Partitions { get; set; } = [];
    }

    /// <summary>A partition to delete records of.</summary>
    [KafkaStruct]
    public sealed partial class DeleteRecordsPartition
    {
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>First offset to keep; -1 for the high watermark.</summary>
        [Field]
        public long Offset { get; set; }
    }
}
