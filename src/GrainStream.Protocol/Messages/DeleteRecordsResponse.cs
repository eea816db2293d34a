using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>What became of each partition of a <see cref="DeleteRecordsRequest"/>.</summary>
[KafkaMessage(ApiKey.DeleteRecords, MessageKind.Response, "0-2", Flexible = "2+")]
public sealed partial class DeleteRecordsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public DeleteRecordsTopicResult[] Topics { get; set; } = [];

    /// <summary>Outcome for a topic.</summary>
    [KafkaStruct]
    public sealed partial class DeleteRecordsTopicResult
    {
        [Field]
        public string Name { get; set; } = "";

        [Field]
        public DeleteRecordsPartitionResult[] Partitions { get; set; } = [];
    }

    /// <summary>Outcome for a partition.</summary>
    [KafkaStruct]
    public sealed partial class DeleteRecordsPartitionResult
    {
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>First offset left; -1 on errors.</summary>
        [Field]
        public long LowWatermark { get; set; }

        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
