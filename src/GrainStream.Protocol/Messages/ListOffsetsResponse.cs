using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>The offset of each partition of a <see cref="ListOffsetsRequest"/>.</summary>
[KafkaMessage(ApiKey.ListOffsets, MessageKind.Response, "1-11", Flexible = "6+")]
public sealed partial class ListOffsetsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("2+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public ListOffsetsTopicResponse[] Topics { get; set; } = [];

    /// <summary>Offsets of a topic.</summary>
    [KafkaStruct]
    public sealed partial class ListOffsetsTopicResponse
    {
        [Field]
        public string Name { get; set; } = "";

        [Field]
        public ListOffsetsPartitionResponse[] Partitions { get; set; } = [];
    }

    /// <summary>Offset of a partition.</summary>
    [KafkaStruct]
    public sealed partial class ListOffsetsPartitionResponse
    {
        [Field]
        public int PartitionIndex { get; set; }

        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>Of the record found; -1 if there is none or the offset was asked for by name.</summary>
        [Field]
        public long Timestamp { get; set; } = -1;

        /// <summary>-1 if there is no such record.</summary>
        [Field]
        public long Offset { get; set; } = -1;

        /// <summary>-1 if unknown.</summary>
        [Field("4+")]
        public int LeaderEpoch { get; set; } = -1;
    }
}
