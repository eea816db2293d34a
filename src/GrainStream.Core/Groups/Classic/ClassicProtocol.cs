using GrainStream.Core.Groups.Events;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Classic;

/// <summary>The classic protocol of one group.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "Its shape, before its content.")]
internal sealed class ClassicProtocol(Group group)
{
    private ClassicGenerationFormed? _formed;

    public GroupState State => MemberCount == 0 ? GroupState.Empty : GroupState.Stable;

    public int Generation => _formed?.Generation ?? 0;

    /// <summary>What the group is for; null if nobody ever joined.</summary>
    public string? ProtocolType => _formed?.ProtocolType;

    public int MemberCount => _formed?.Members.Length ?? 0;

    /// <summary>No members, and nobody about to be one.</summary>
    public bool IsIdle => MemberCount == 0;

    /// <summary>When the last member left; null if there are members, or never were.</summary>
    public Timestamp? EmptySince => MemberCount == 0 && _formed is not null ? new Timestamp(_formed.AtMs) : null;

    public TimeSpan? NextDeadline => null;

    public void Apply(IGroupEvent groupEvent) => _formed = groupEvent as ClassicGenerationFormed ?? _formed;

    public void Reset() => _formed = null;

    public void AddSnapshot(List<IGroupEvent> events)
    {
        if (_formed is not null)
        {
            events.Add(_formed);
        }
    }

    public void Begin(GroupStep step)
    {
    }

    public void Join(GroupStep step, JoinGroupRequest request, GroupClient client, Action<JoinGroupResponse> reply) =>
        step.Answer(reply, new JoinGroupResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable, MemberId = request.MemberId });

    public void Sync(GroupStep step, SyncGroupRequest request, Action<SyncGroupResponse> reply) =>
        step.Answer(reply, new SyncGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });

    public void Heartbeat(GroupStep step, HeartbeatRequest request, Action<HeartbeatResponse> reply) =>
        step.Answer(reply, new HeartbeatResponse { ErrorCode = ErrorCode.UnknownMemberId });

    public void Leave(GroupStep step, LeaveGroupRequest request, GroupClient client, Action<LeaveGroupResponse> reply) =>
        step.Answer(reply, new LeaveGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });

    /// <summary>Whether the member may commit; if so, it counts as a heartbeat.</summary>
    public ErrorCode ValidateCommit(GroupStep step, CommitOffsets commit) =>
        commit.MemberId.Length == 0 && State == GroupState.Empty ? ErrorCode.None : ErrorCode.UnknownMemberId;

    public ErrorCode ValidateDeleteOffsets() => ErrorCode.None;

    /// <summary>Whether members are subscribed to the topic.</summary>
    public bool IsSubscribed(GroupStep step, TopicId topic) => false;

    public DescribeGroupsResponse.DescribedGroup Describe() => new() { GroupId = group.Id, GroupState = State.ToString(), ProtocolType = ProtocolType ?? "" };

    public void Expire(GroupStep step)
    {
    }

    /// <summary>Answers all who wait for a join or a sync, once this step is durable.</summary>
    public void AnswerAll(GroupStep step, ErrorCode error)
    {
    }

    /// <summary>Answers all who wait, at once.</summary>
    public void Abandon(ErrorCode error)
    {
    }
}
