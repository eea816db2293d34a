using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Ends of the epochs of an <see cref="OffsetForLeaderEpochRequest"/>.</summary>
[KafkaMessage(ApiKey.OffsetForLeaderEpoch, MessageKind.Response, "2-4", Flexible = "4+")]
public sealed partial class OffsetForLeaderEpochResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public OffsetForLeaderTopicResult[] Topics { get; set; } = [];

    /// <summary>Ends of a topic.</summary>
    [KafkaStruct]
    public sealed partial class OffsetForLeaderTopicResult
    {
        [Field]
        public string Topic { get; set; } = "";

        [Field]
        public EpochEndOffset[] Partitions { get; set; } = [];
    }

    /// <summary>Where an epoch ends in a partition.</summary>
    [KafkaStruct]
    public sealed partial class EpochEndOffset
    {
        [Field]
        public ErrorCode ErrorCode { get; set; }

        [Field]
        public int Partition { get; set; }

        /// <summary>Largest epoch not above the one asked for; -1 if unknown.</summary>
        [Field]
        public int LeaderEpoch { get; set; } = -1;

        /// <summary>Offset after the last record of that epoch; -1 if unknown.</summary>
        [Field]
        public long EndOffset { get; set; } = -1;
    }
}
