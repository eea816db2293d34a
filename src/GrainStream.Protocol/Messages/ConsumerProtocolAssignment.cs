using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>
/// What the classic protocol's assignor tells a consumer: the assignment of a <see cref="SyncGroupResponse"/>, behind a 16-bit version. A version from the
/// future begins like the last one known here.
/// </summary>
[KafkaMessage(MessageKind.Data, "0-3")]
public sealed partial class ConsumerProtocolAssignment
{
    [Field]
    public TopicPartition[] AssignedPartitions { get; set; } = [];

    /// <summary>For the assignor alone.</summary>
    [Field(Nullable = "0+")]
    public byte[]? UserData { get; set; }

    /// <summary>Partitions of a topic.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartition
    {
        [Field]
        public string Topic { get; set; } = "";

        [Field]
        public int[] Partitions { get; set; } = [];
    }
}
