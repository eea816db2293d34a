using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Makes a group forget offsets of topics it does not subscribe to (KIP-496).</summary>
[KafkaMessage(ApiKey.OffsetDelete, MessageKind.Request, "0-0")]
public sealed partial class OffsetDeleteRequest
{
    [Field]
    public string GroupId { get; set; } = "";

    [Field]
    public OffsetDeleteRequestTopic[] Topics { get; set; } = [];

    /// <summary>A topic.</summary>
    [KafkaStruct]
    public sealed partial class OffsetDeleteRequestTopic
    {
        [Field]
        public string Name { get; set; } = "";

        [Field]
        public OffsetDeleteRequestPartition[] Partitions { get; set; } = [];
    }

    /// <summary>A partition.</summary>
    [KafkaStruct]
    public sealed partial class OffsetDeleteRequestPartition
    {
        [Field]
        public int PartitionIndex { get; set; }
    }
}
