using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>A member of a consumer group has come a step nearer to what it is to own. Replaces where it stood before.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ConsumerMemberReconciled : IConsumerProtocolEvent
{
    [Field]
    public string MemberId { get; set; } = "";

    /// <summary>-2 for a static member that has left for a while.</summary>
    [Field]
    public int MemberEpoch { get; set; }

    [Field]
    public int PreviousMemberEpoch { get; set; }

    /// <summary>0 stable, 1 gives partitions up, 2 waits for partitions that others have not given up yet.</summary>
    [Field]
    public sbyte State { get; set; }

    /// <summary>What it owns.</summary>
    [Field]
    public TopicPartitions[] Assigned { get; set; } = [];

    /// <summary>What it is to give up, and may still be reading.</summary>
    [Field]
    public TopicPartitions[] PendingRevocation { get; set; } = [];

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
