using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>How far groups have come.</summary>
[KafkaMessage(ApiKey.OffsetFetch, MessageKind.Response, "1-10", Flexible = "6+")]
public sealed partial class OffsetFetchResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("3+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0-7")]
    public OffsetFetchResponseTopic[] Topics { get; set; } = [];

    /// <summary>Of the request as a whole.</summary>
    [Field("2-7", Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>What later versions have in place of <see cref="Topics"/>.</summary>
    [Field("8+")]
    public OffsetFetchResponseGroup[] Groups { get; set; } = [];

    /// <summary>A topic.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponseTopic
    {
        [Field("0-7")]
        public string Name { get; set; } = "";

        [Field("0-7")]
        public OffsetFetchResponsePartition[] Partitions { get; set; } = [];
    }

    /// <summary>A partition.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponsePartition
    {
        [Field("0-7")]
        public int PartitionIndex { get; set; }

        /// <summary>Offset of the next record to read; -1 if none was noted.</summary>
        [Field("0-7")]
        public long CommittedOffset { get; set; }

        /// <summary>Epoch of the record before it (KIP-320); -1 if unknown.</summary>
        [Field("5-7", Ignorable = true)]
        public int CommittedLeaderEpoch { get; set; } = -1;

        /// <summary>What the client kept with it.</summary>
        [Field("0-7", Nullable = "0-7")]
        public string? Metadata { get; set; }

        [Field("0-7")]
        public ErrorCode ErrorCode { get; set; }
    }

    /// <summary>A group.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponseGroup
    {
        [Field("8+")]
        public string GroupId { get; set; } = "";

        [Field("8+")]
        public OffsetFetchResponseTopics[] Topics { get; set; } = [];

        /// <summary>Of the group as a whole.</summary>
        [Field("8+")]
        public ErrorCode ErrorCode { get; set; }
    }

    /// <summary>A topic of a group.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponseTopics
    {
        [Field("8-9", Ignorable = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id (KIP-516).</summary>
        [Field("10+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("8+")]
        public OffsetFetchResponsePartitions[] Partitions { get; set; } = [];
    }

    /// <summary>A partition of a group's topic.</summary>
    [KafkaStruct]
    public sealed partial class OffsetFetchResponsePartitions
    {
        [Field("8+")]
        public int PartitionIndex { get; set; }

        /// <summary>Offset of the next record to read; -1 if none was noted.</summary>
        [Field("8+")]
        public long CommittedOffset { get; set; }

        /// <summary>Epoch of the record before it (KIP-320); -1 if unknown.</summary>
        [Field("8+", Ignorable = true)]
        public int CommittedLeaderEpoch { get; set; } = -1;

        /// <summary>What the client kept with it.</summary>
        [Field("8+", Nullable = "8+")]
        public string? Metadata { get; set; }

        [Field("8+")]
        public ErrorCode ErrorCode { get; set; }
    }
}
