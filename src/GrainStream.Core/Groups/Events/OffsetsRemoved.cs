using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>Offsets are forgotten: somebody asked for it, they expired, or their topic is gone.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class OffsetsRemoved : IGroupEvent
{
    [Field]
    public TopicPartitions[] Topics { get; set; } = [];

    /// <summary>Partitions of a topic.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartitions
    {
        [Field]
        public Guid TopicId { get; set; }

        [Field]
        public int[] Partitions { get; set; } = [];
    }
}
