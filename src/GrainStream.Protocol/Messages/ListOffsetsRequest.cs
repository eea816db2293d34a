using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks for the offset of a point in time, or of an end of the log.</summary>
/// <remarks>
/// Version 0 ended with Kafka 4 (KIP-896). 6 is flexible. 7 to 11 add names for offsets, told by the timestamp.
/// </remarks>
[KafkaMessage(ApiKey.ListOffsets, MessageKind.Request, "1-11", Flexible = "6+")]
public sealed partial class ListOffsetsRequest
{
    /// <summary>Broker id of a follower; -1 for a consumer.</summary>
    [Field]
    public int ReplicaId { get; set; }

    /// <summary>0 read uncommitted, 1 read committed: only up to the last stable offset.</summary>
    [Field("2+")]
    public sbyte IsolationLevel { get; set; }

    [Field]
    public ListOffsetsTopic[] Topics { get; set; } = [];

    /// <summary>Milliseconds the client will wait for a look-up in tiered storage.</summary>
    [Field("10+", Ignorable = true)]
    public int TimeoutMs { get; set; }

    /// <summary>A topic to look at.</summary>
    [KafkaStruct]
    public sealed partial class ListOffsetsTopic
    {
        [Field]
        public string Name { get; set; } = "";

        [Field]
        public ListOffsetsPartition[] Partitions { get; set; } = [];
    }

    /// <summary>A partition to look at.</summary>
    [KafkaStruct]
    public sealed partial class ListOffsetsPartition
    {
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>Epoch of the leader as the client knows it, to be fenced by (KIP-320); -1 if it does not.</summary>
        [Field("4+", Ignorable = true)]
        public int CurrentLeaderEpoch { get; set; } = -1;

        /// <summary>
        /// Milliseconds since 1970, or -1 latest, -2 earliest, -3 largest timestamp, -4 earliest local, -5 latest tiered,
        /// -6 earliest not yet tiered.
        /// </summary>
        [Field]
        public long Timestamp { get; set; }
    }
}
