using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>The group has come so far. Replaces what was known of these partitions.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class OffsetsCommitted : IGroupEvent
{
    /// <summary>When, in milliseconds since 1970.</summary>
    [Field]
    public long CommittedAtMs { get; set; }

    /// <summary>Until when the client wants them kept, in milliseconds since 1970; -1 for the broker's setting.</summary>
    [Field]
    public long ExpireAtMs { get; set; } = -1;

    [Field]
    public TopicOffsets[] Topics { get; set; } = [];

    /// <summary>Offsets of a topic.</summary>
    [KafkaStruct]
    public sealed partial class TopicOffsets
    {
        [Field]
        public Guid TopicId { get; set; }

        [Field]
        public PartitionOffset[] Partitions { get; set; } = [];
    }

    /// <summary>Offset of a partition.</summary>
    [KafkaStruct]
    public sealed partial class PartitionOffset
    {
        [Field]
        public int Index { get; set; }

        /// <summary>Offset of the next record to read.</summary>
        [Field]
        public long Offset { get; set; }

        /// <summary>Epoch of the record before it (KIP-320); -1 if unknown.</summary>
        [Field]
        public int LeaderEpoch { get; set; } = -1;

        /// <summary>Whatever the client keeps with it.</summary>
        [Field]
        public string Metadata { get; set; } = "";
    }
}
