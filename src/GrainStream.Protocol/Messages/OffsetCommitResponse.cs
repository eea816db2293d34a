using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Which offsets were noted.</summary>
[KafkaMessage(ApiKey.OffsetCommit, MessageKind.Response, "2-10", Flexible = "8+")]
public sealed partial class OffsetCommitResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("3+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public OffsetCommitResponseTopic[] Topics { get; set; } = [];

    /// <summary>A topic.</summary>
    [KafkaStruct]
    public sealed partial class OffsetCommitResponseTopic
    {
        [Field("0-9", Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id (KIP-516).</summary>
        [Field("10+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field]
        public OffsetCommitResponsePartition[] Partitions { get; set; } = [];
    }

    /// <summary>A partition.</summary>
    [KafkaStruct]
    public sealed partial class OffsetCommitResponsePartition
    {
        [Field]
        public int PartitionIndex { get; set; }

        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
