using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Which offsets are forgotten.</summary>
[KafkaMessage(ApiKey.OffsetDelete, MessageKind.Response, "0-0")]
public sealed partial class OffsetDeleteResponse
{
    /// <summary>Of the request as a whole.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public OffsetDeleteResponseTopic[] Topics { get; set; } = [];

    /// <summary>A topic.</summary>
    [KafkaStruct]
    public sealed partial class OffsetDeleteResponseTopic
    {
        [Field]
        public string Name { get; set; } = "";

        [Field]
        public OffsetDeleteResponsePartition[] Partitions { get; set; } = [];
    }

    /// <summary>A partition.</summary>
    [KafkaStruct]
    public sealed partial class OffsetDeleteResponsePartition
    {
        [Field]
        public int PartitionIndex { get; set; }

        [Field]
        public ErrorCode ErrorCode { get; set; }
    }
}
