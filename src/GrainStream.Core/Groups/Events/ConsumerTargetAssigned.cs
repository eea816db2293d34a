using GrainStream.Protocol.Schema;

namespace GrainStream.Core.Groups.Events;

/// <summary>What the members of a consumer group are to own from here on. Members that are not named are to own what they were to own before.</summary>
[KafkaMessage(MessageKind.Data, "0", Flexible = "0+")]
public sealed partial class ConsumerTargetAssigned : IConsumerProtocolEvent
{
    /// <summary>The group epoch that the assignment is for.</summary>
    [Field]
    public int AssignmentEpoch { get; set; }

    [Field]
    public MemberTarget[] Members { get; set; } = [];

    /// <summary>All that a member is to own.</summary>
    [KafkaStruct]
    public sealed partial class MemberTarget
    {
        [Field]
        public string MemberId { get; set; } = "";

        [Field]
        public TopicPartitions[] Topics { get; set; } = [];
    }

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
