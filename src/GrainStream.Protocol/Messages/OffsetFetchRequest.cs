using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Asks how far groups have come.</summary>
/// <remarks>
/// Version 0 ended with Kafka 4 (KIP-896). From 2 on null asks for all partitions. 6 is flexible. 7 can insist on stable offsets (KIP-447). 8 asks for several groups
/// (KIP-709). 9 is for members of the consumer protocol (KIP-848). 10 names topics by id.
/// </remarks>
[KafkaMessage(ApiKey.OffsetFetch, MessageKind.Request, "1-10", Flexible = "6+")]
public sealed partial class OffsetFetchRequest
{
    [Field("0-7")]
    public string GroupId { get; set; } = "";

    /// <summary>Null for all.</summary>
    [Field("0-7", Nullable = "2-7")]
    public OffsetFetchRequestTopic[]? Topics { get; set; } = [];

    /// <summary>What later versions have in place of <see cref="GroupId"/> and <see cref="Topics"/>.</summary>
    [Field("8+")]
    public OffsetFetchRequestGroup[] Groups { get; set; } = [];

    /// <summary>Answer UNSTABLE_OFFSET_COMMIT while a transaction that commits offsets is undecided.</summary>
    [Field("7+")]
    public bool RequireStable { get; set; }

    /// <summary>A topic.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchRequestTopic
    {
        [Field("0-7")]
        public string Name { get; set; } = "";

        [Field("0-7")]
        public int[] PartitionIndexes { get; set; } = [];
    }

    /// <summary>A group.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchRequestGroup
    {
        [Field("8+")]
        public string GroupId { get; set; } = "";

        /// <summary>Null from who is no member.</summary>
        [Field("9+", Nullable = "9+", Ignorable = true)]
        public string? MemberId { get; set; }

        /// <summary>-1 from who is no member.</summary>
        [Field("9+", Ignorable = true)]
        public int MemberEpoch { get; set; } = -1;

        /// <summary>Null for all.</summary>
        [Field("8+", Nullable = "8+")]
        public OffsetFetchRequestTopics[]? Topics { get; set; } = [];
    }

    /// <summary>A topic of a group.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchRequestTopics
    {
        [Field("8-9", Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id (KIP-516).</summary>
        [Field("10+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("8+")]
        public int[] PartitionIndexes { get; set; } = [];
    }
}
