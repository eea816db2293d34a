using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Groups.</summary>
[KafkaMessage(ApiKey.ListGroups, MessageKind.Response, "0-5", Flexible = "3+")]
public sealed partial class ListGroupsResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field]
    public ErrorCode ErrorCode { get; set; }

    [Field]
    public ListedGroup[] Groups { get; set; } = [];

    /// <summary>A group.</summary>
    [KafkaStruct]
    public sealed partial class ListedGroup
    {
        [Field]
        public string GroupId { get; set; } = "";

        /// <summary>What the group is for, such as "consumer"; empty if nobody ever joined.</summary>
        [Field]
        public string ProtocolType { get; set; } = "";

        [Field("4+", Ignorable = true)]
        public string GroupState { get; set; } = "";

        /// <summary>"classic" or "consumer".</summary>
        [Field("5+", Ignorable = true)]
        public string GroupType { get; set; } = "";
    }
}
