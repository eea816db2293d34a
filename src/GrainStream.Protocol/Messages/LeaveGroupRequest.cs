using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Messages;

/// <summary>Says that members leave (classic protocol).</summary>
/// <remarks>3 can name several, and static ones (KIP-345). 4 is flexible. 5 gives a reason (KIP-800).</remarks>
[KafkaMessage(ApiKey.LeaveGroup, MessageKind.Request, "0-5", Flexible = "4+")]
public sealed partial class LeaveGroupRequest
{
    [Field]
    public string GroupId { get; set; } = "";

    [Field("0-2")]
    public string MemberId { get; set; } = "";

    /// <summary>What later versions have in place of <see cref="MemberId"/>.</summary>
    [Field("3+")]
    public MemberIdentity[] Members { get; set; } = [];

    /// <summary>A member that leaves.</summary>
    [KafkaStruct]
    public sealed partial class MemberIdentity
    {
        /// <summary>Empty to name a static member by its instance alone.</summary>
        [Field("3+")]
        public string MemberId { get; set; } = "";

        /// <summary>Null for a dynamic member.</summary>
        [Field("3+", Nullable = "3+")]
        public string? GroupInstanceId { get; set; }

        /// <summary>Why, for people; null if it is not said.</summary>
        [Field("5+", Nullable = "5+", Ignorable = true)]
        public string? Reason { get; set; }
    }
}
