using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Groups of the classic protocol and their members.</summary>
[KafkaMessage(ApiKey.DescribeGroups, MessageKind.Response, "0-6", Flexible = "5+")]
public sealed partial class DescribeGroupsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("1+", Ignorable = true)]
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
        [Field("6+", Nullable = "6+", Ignorable = true)]
        public string? ErrorMessage { get; set; }

        [Field]
        public string GroupId { get; set; } = "";

        /// <summary>Empty, PreparingRebalance, CompletingRebalance, Stable or Dead.</summary>
        [Field]
        public string GroupState { get; set; } = "";

        /// <summary>What the group is for, such as "consumer".</summary>
        [Field]
        public string ProtocolType { get; set; } = "";

        /// <summary>The assignor chosen; empty if the group is not stable.</summary>
        [Field]
        public string ProtocolData { get; set; } = "";

        [Field]
        public DescribedGroupMember[] Members { get; set; } = [];

        /// <summary>Bit field of what the client may do with the group; the default is "not asked for".</summary>
        [Field("3+")]
        public int AuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>A member.</summary>
    [KafkaStruct]
    public sealed partial class DescribedGroupMember
    {
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>Null for a dynamic member.</summary>
        [Field("4+", Nullable = "4+", Ignorable = true)]
        public string? GroupInstanceId { get; set; }

        [Field]
        public string ClientId { get; set; } = "";

        [Field]
        public string ClientHost { get; set; } = "";

        /// <summary>What it told the chosen assignor; empty if the group is not stable.</summary>
        [Field]
        public byte[] MemberMetadata { get; set; } = [];

        /// <summary>Empty if the group is not stable.</summary>
        [Field]
        public byte[] MemberAssignment { get; set; } = [];
    }
}
