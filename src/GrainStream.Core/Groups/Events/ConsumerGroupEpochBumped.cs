using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>Members, subscriptions or topics of a consumer group have changed: partitions must be assigned anew.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ConsumerGroupEpochBumped : IConsumerProtocolEvent
{
    [Field]
    public int GroupEpoch { get; set; }

    /// <summary>When, in milliseconds since 1970.</summary>
    [Field]
    public long AtMs { get; set; }

    /// <summary>Digest of the topics that the members subscribe to and of their partition counts. While it stays, no topic has changed.</summary>
    [Field]
    public long TopicsDigest { get; set; }
}
