using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks where the records of a leader epoch end, to find out whether a log was cut (KIP-320).</summary>
/// <remarks>
/// Versions 0 and 1 ended with Kafka 4 (KIP-896). 4 is flexible.
/// </remarks>
[KafkaMessage(ApiKey.OffsetForLeaderEpoch, MessageKind.Request, "2-4", Flexible = "4+")]
public sealed partial class OffsetForLeaderEpochRequest
{
    /// <summary>Broker id of a follower; -1 for a consumer, -2 for a debugging one.</summary>
    [Field("3+", Ignorable = true)]
    public int ReplicaId { get; set; } = -2;

    [Field]
    public OffsetForLeaderTopic[] Topics { get; set; } = [];

    /// <summary>A topic to look at.</summary>
    [KafkaStruct]
    public sealed partial class OffsetForLeaderTopic
    {
        [Field]
        public string Topic { get; set; } = "";

        [Field]
        public OffsetForLeaderPartition[] Partitions { get; set; } = [];
    }

    /// <summary>A partition to look at.</summary>
    [KafkaStruct]
    public sealed partial class OffsetForLeaderPartition
    {
        [Field]
        public int Partition { get; set; }

        /// <summary>Epoch of the leader as the client knows it, to be fenced by (KIP-320); -1 if it does not.</summary>
        [Field]
        public int CurrentLeaderEpoch { get; set; } = -1;

        /// <summary>Epoch whose end is wanted.</summary>
        [Field]
        public int LeaderEpoch { get; set; }
    }
}
