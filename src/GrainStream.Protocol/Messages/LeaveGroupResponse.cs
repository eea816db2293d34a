using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>What became of those who leave.</summary>
[KafkaMessage(ApiKey.LeaveGroup, MessageKind.Response, "0-5", Flexible = "4+")]
public sealed partial class LeaveGroupResponse
{
    /// <summary>Milliseconds for which the client should hold back because of a quota; 0 for none.</summary>
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>Of the request as a whole.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    [Field("3+", Ignorable = true)]
    public MemberResponse[] Members { get; set; } = [];

    /// <summary>What became of one.</summary>
    [KafkaStruct]
    public sealed partial class MemberResponse
    {
        [Field("3+")]
        public string MemberId { get; set; } = "";

        /// <summary>Null for a dynamic member.</summary>
        [Field("3+", Nullable = "3+")]
        public string? GroupInstanceId { get; set; }

        [Field("3+")]
        public ErrorCode ErrorCode { get; set; }
    }
}
