using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>
/// What a consumer tells the classic protocol's assignor: the metadata of its <see cref="JoinGroupRequest"/>, behind a 16-bit version. A version from the
/// future begins like the last one known here.
/// </summary>
/// <remarks>1 tells what the member owns, for cooperative rebalancing (KIP-429). 2 has its generation (KIP-792). 3 has its rack (KIP-881).</remarks>
[KafkaMessage(MessageKind.Data, "0-3")]
public sealed partial class ConsumerProtocolSubscription
{
    [Field]
    public string[] Topics { get; set; } = [];

    /// <summary>For the assignor alone.</summary>
    [Field(Nullable = "0+")]
    public byte[]? UserData { get; set; }

    [Field("1+", Ignorable = true)]
    public TopicPartition[] OwnedPartitions { get; set; } = [];

    /// <summary>Generation in which it owned them; -1 if unknown.</summary>
    [Field("2+", Ignorable = true)]
    public int GenerationId { get; set; } = -1;

    [Field("3+", Nullable = "3+", Ignorable = true)]
    public string? RackId { get; set; }

    /// <summary>Partitions of a topic.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartition
    {
        [Field("1+")]
        public string Topic { get; set; } = "";

        [Field("1+")]
        public int[] Partitions { get; set; } = [];
    }
}
