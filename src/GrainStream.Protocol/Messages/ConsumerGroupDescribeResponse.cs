using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Groups of the consumer protocol and their members.</summary>
[KafkaMessage(ApiKey.ConsumerGroupDescribe, MessageKind.Response, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupDescribeResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public DescribedGroup[] Groups { get; set; } = [];

    /// <summary>A group.</summary>
    [KafkaStruct]
    public sealed partial class DescribedGroup
    {
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>For people; null if there is nothing to say.</summary>
        [Field(Nullable = "0+")]
        public string? ErrorMessage { get; set; }

        [Field]
        public string GroupId { get; set; } = "";

        /// <summary>Empty, Assigning, Reconciling, Stable or Dead.</summary>
        [Field]
        public string GroupState { get; set; } = "";

        /// <summary>Grows with every change of members, subscriptions or partitions.</summary>
        [Field]
        public int GroupEpoch { get; set; }

        /// <summary>The group epoch that the target assignment is for.</summary>
        [Field]
        public int AssignmentEpoch { get; set; }

        [Field]
        public string AssignorName { get; set; } = "";

        [Field]
        public Member[] Members { get; set; } = [];

        /// <summary>Bit field of what the client may do with the group; the default is "not asked for".</summary>
        [Field]
        public int AuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>A member.</summary>
    [KafkaStruct]
    public sealed partial class Member
    {
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>Null for a dynamic member.</summary>
        [Field(Nullable = "0+")]
        public string? InstanceId { get; set; }

        [Field(Nullable = "0+")]
        public string? RackId { get; set; }

        [Field]
        public int MemberEpoch { get; set; }

        [Field]
        public string ClientId { get; set; } = "";

        [Field]
        public string ClientHost { get; set; } = "";

        [Field]
        public string[] SubscribedTopicNames { get; set; } = [];

        /// <summary>Null if there is none.</summary>
        [Field(Nullable = "0+")]
        public string? SubscribedTopicRegex { get; set; }

        /// <summary>What it owns.</summary>
        [Field]
        public MemberAssignment Assignment { get; set; } = new();

        /// <summary>What it is to own in the end.</summary>
        [Field]
        public MemberAssignment TargetAssignment { get; set; } = new();

        /// <summary>-1 unknown, 0 classic, 1 consumer.</summary>
        [Field("1+", Ignorable = true)]
        public sbyte MemberType { get; set; } = -1;
    }

    /// <summary>Partitions.</summary>
    [KafkaStruct]
    public sealed partial class MemberAssignment
    {
        [Field]
        public TopicPartitions[] TopicPartitions { get; set; } = [];
    }

    /// <summary>Partitions of a topic.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartitions
    {
        [Field]
        public Guid TopicId { get; set; }

        [Field]
        public string TopicName { get; set; } = "";

        [Field]
        public int[] Partitions { get; set; } = [];
    }
}
