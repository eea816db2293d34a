using GrainStream.Core.Groups.Events;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>The consumer protocol (KIP-848) of one group.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "Its shape, before its content.")]
internal sealed class ConsumerProtocol(Group group)
{
    /// <summary>Members, also those that speak the classic protocol.</summary>
    public int MemberCount => 0;

    /// <summary>The group epoch.</summary>
    public int Epoch => 0;

    public GroupState State => GroupState.Empty;

    /// <summary>When the last member left; null if there are members, or never were.</summary>
    public Timestamp? EmptySince => null;

    public TimeSpan? NextDeadline => null;

    public void Apply(IConsumerProtocolEvent consumerEvent) =>
        Invariant.Require(false, $"Group {group.Id} cannot apply {consumerEvent.GetType().Name}.");

    /// <summary>Forgets everything: the group is classic from here on, or a snapshot begins.</summary>
    public void Reset()
    {
    }

    public void AddSnapshot(List<IGroupEvent> events)
    {
    }

    public void Begin(GroupStep step)
    {
    }

    public void Heartbeat(
        GroupStep step, ConsumerGroupHeartbeatRequest request, GroupClient client, Action<ConsumerGroupHeartbeatResponse> reply) =>
        step.Answer(reply, new ConsumerGroupHeartbeatResponse { ErrorCode = ErrorCode.UnsupportedVersion });

    public void JoinClassic(GroupStep step, JoinGroupRequest request, GroupClient client, Action<JoinGroupResponse> reply) =>
        step.Answer(reply, new JoinGroupResponse { ErrorCode = ErrorCode.UnknownMemberId, MemberId = request.MemberId });

    public void SyncClassic(GroupStep step, SyncGroupRequest request, GroupClient client, Action<SyncGroupResponse> reply) =>
        step.Answer(reply, new SyncGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });

    public void HeartbeatClassic(GroupStep step, HeartbeatRequest request, GroupClient client, Action<HeartbeatResponse> reply) =>
        step.Answer(reply, new HeartbeatResponse { ErrorCode = ErrorCode.UnknownMemberId });

    public void LeaveClassic(GroupStep step, LeaveGroupRequest request, GroupClient client, Action<LeaveGroupResponse> reply) =>
        step.Answer(reply, new LeaveGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });

    /// <summary>Whether the member may commit. A commit does not count as a heartbeat here.</summary>
    public ErrorCode ValidateCommit(GroupStep step, CommitOffsets commit) => ErrorCode.UnknownMemberId;

    public ErrorCode ValidateFetch(FetchOffsets fetch) => ErrorCode.None;

    public bool IsSubscribed(GroupStep step, TopicId topic) => false;

    public ConsumerGroupDescribeResponse.DescribedGroup Describe(GroupStep step) => new() { GroupId = group.Id };

    public void Expire(GroupStep step)
    {
    }

    public void TopicsChanged(GroupStep step)
    {
    }

    /// <summary>Answers all who wait.</summary>
    public void Abandon(ErrorCode error)
    {
    }
}
