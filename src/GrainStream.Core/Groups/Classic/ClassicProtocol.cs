using GrainStream.Core.Groups.Events;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Classic;

/// <summary>
/// The classic protocol of one group: members join, are told of a generation, one of them assigns, all get their part, and say by heartbeats that they live. What is durable and how it
/// moves is in <see cref="ClassicState"/>, from one generation to the next in <see cref="ClassicRebalance"/>, who may join in <see cref="ClassicJoins"/>.
/// </summary>
internal sealed class ClassicProtocol
{
    private const short FirstLeaveVersionWithSeveral = 3;

    private readonly Group _group;
    private readonly ClassicDeadlines _deadlines = new();
    private readonly ClassicState _state = new();
    private readonly ClassicRebalance _rebalance;
    private readonly ClassicJoins _joins;

    public ClassicProtocol(Group group)
    {
        _group = group;
        _rebalance = new ClassicRebalance(group, _state, _deadlines);
        _joins = new ClassicJoins(group, _state, _rebalance, _deadlines);
    }

    public GroupState State => _state.State;

    public int Generation => _state.Generation;

    /// <summary>The highest number of a generation that members may have heard of.</summary>
    public int HighestGeneration => _state.NextGeneration - 1;

    /// <summary>What the group is for; null if nobody ever joined.</summary>
    public string? ProtocolType => _state.ProtocolType;

    /// <summary>The assignor of the present generation; null without members.</summary>
    public string? ProtocolName => _state.ProtocolName;

    public int MemberCount => Members.Count;

    /// <summary>The members as they are now, in order of id.</summary>
    public IReadOnlyCollection<ClassicMember> Members => _state.Members.All;

    /// <summary>No members, and nobody about to be one.</summary>
    public bool IsIdle => _state.State == GroupState.Empty && _state.Members.Pending.Count == 0;

    /// <summary>When the last member left; null if there are members, or never were.</summary>
    public Timestamp? EmptySince => _state.EmptySince;

    public TimeSpan? NextDeadline => _deadlines.Earliest;

    public void Apply(IGroupEvent groupEvent) => _state.Apply(groupEvent);

    /// <summary>Forgets everything. Nobody may wait: see <see cref="AnswerAll"/>.</summary>
    public void Reset()
    {
        _state.Reset();
        _rebalance.Reset();
        _deadlines.Clear();
    }

    public void AddSnapshot(List<IGroupEvent> events) => _state.AddSnapshot(events);

    /// <summary>After the log's events: every member's session begins now, so that those who come back in time go on as if nothing had been.</summary>
    public void Begin(GroupStep step)
    {
        foreach (ClassicMember member in Members)
        {
            _deadlines.Renew(step, member);
        }
    }

    /// <summary>The members are to join again.</summary>
    public void PrepareRebalance(GroupStep step, string reason) => _rebalance.Request(step, reason);

    public void Join(GroupStep step, JoinGroupRequest request, GroupClient client, Action<JoinGroupResponse> reply) =>
        _joins.Join(step, request, client, reply);

    public void Sync(GroupStep step, SyncGroupRequest request, Action<SyncGroupResponse> reply)
    {
        ErrorCode error = ValidateSync(request);
        if (error != ErrorCode.None)
        {
            step.Answer(reply, new SyncGroupResponse { ErrorCode = error });
            return;
        }

        ClassicMember member = _state.Members.Find(request.MemberId)!;
        _rebalance.NoteSync(member);
        _deadlines.Renew(step, member);
        if (_state.State == GroupState.Stable)
        {
            step.Answer(reply, _rebalance.AssignmentOf(member));
            return;
        }

        member.AwaitSync(step, reply);
        if (_state.Members.LeaderId == member.Id)
        {
            _rebalance.Form(step, request.Assignments);
        }
    }

    public void Heartbeat(GroupStep step, HeartbeatRequest request, Action<HeartbeatResponse> reply)
    {
        ErrorCode error = Validate(request.MemberId, request.GroupInstanceId, request.GenerationId);
        if (error == ErrorCode.None)
        {
            _deadlines.Renew(step, _state.Members.Find(request.MemberId)!);
            error = _state.State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }

        step.Answer(reply, new HeartbeatResponse { ErrorCode = error });
    }

    public void Leave(GroupStep step, LeaveGroupRequest request, GroupClient client, Action<LeaveGroupResponse> reply)
    {
        LeaveGroupRequest.MemberIdentity[] leavers = client.Version < FirstLeaveVersionWithSeveral
            ? [new() { MemberId = request.MemberId }]
            : request.Members;
        var reasons = new List<string>();
        LeaveGroupResponse.MemberResponse[] outcomes = [.. leavers.Select(leaver => Leave(step, leaver, reasons))];
        if (reasons.Count > 0 && _state.State != GroupState.Empty)
        {
            _rebalance.Request(step, string.Join("; ", reasons));
        }

        bool isSingle = client.Version < FirstLeaveVersionWithSeveral;
        step.Answer(reply, new LeaveGroupResponse { ErrorCode = isSingle ? outcomes[0].ErrorCode : ErrorCode.None, Members = isSingle ? [] : outcomes });
    }

    /// <summary>Whether the member may commit; if so, it counts as a heartbeat.</summary>
    public ErrorCode ValidateCommit(GroupStep step, CommitOffsets commit)
    {
        bool isMember = commit.GenerationOrMemberEpoch >= 0 || commit.MemberId.Length > 0 || commit.InstanceId is not null;
        if (_state.State == GroupState.Empty && commit.GenerationOrMemberEpoch < 0)
        {
            // Tools, and consumers that assign partitions to themselves.
            return ErrorCode.None;
        }

        if (!isMember)
        {
            return ErrorCode.UnknownMemberId;
        }

        ErrorCode error = Validate(commit.MemberId, commit.InstanceId, commit.GenerationOrMemberEpoch);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (_state.State == GroupState.CompletingRebalance)
        {
            // It has been told of the generation, but not what is its own: what it commits belongs to the one before.
            return ErrorCode.RebalanceInProgress;
        }

        _deadlines.Renew(step, _state.Members.Find(commit.MemberId)!);
        return ErrorCode.None;
    }

    /// <summary>Whether single offsets may be deleted: only where it is known which topics the members use.</summary>
    public ErrorCode ValidateDeleteOffsets() =>
        _state.State == GroupState.Empty || _state.IsConsumers ? ErrorCode.None : ErrorCode.NonEmptyGroup;

    /// <summary>Whether members use, or may use, the topic.</summary>
    public bool IsSubscribed(GroupStep step, TopicId topic) => _state.IsSubscribed(step.Topics, topic);

    /// <summary>Metadata and assignments only while the group is stable, as in Kafka.</summary>
    public DescribeGroupsResponse.DescribedGroup Describe()
    {
        bool isStable = _state.State == GroupState.Stable;
        return new()
        {
            GroupId = _group.Id,
            GroupState = _state.State.ToString(),
            ProtocolType = ProtocolType ?? "",
            ProtocolData = isStable ? ProtocolName ?? "" : "",
            Members =
            [
                .. Members.Select(member => new DescribeGroupsResponse.DescribedGroupMember
                {
                    MemberId = member.Id,
                    GroupInstanceId = member.InstanceId,
                    ClientId = member.ClientId,
                    ClientHost = member.ClientHost,
                    MemberMetadata = isStable ? member.MetadataFor(ProtocolName) ?? [] : [],
                    MemberAssignment = isStable ? member.Assignment : [],
                }),
            ],
        };
    }

    /// <summary>Does what is due.</summary>
    public void Expire(GroupStep step)
    {
        if (_deadlines.Earliest is null || _deadlines.Earliest > step.Clock)
        {
            return;
        }

        foreach (string pending in _state.Members.Pending.Where(entry => entry.Value <= step.Clock).Select(entry => entry.Key).ToArray())
        {
            _state.Members.RemovePending(pending);
            _rebalance.CompleteIfAllJoined(step);
        }

        foreach (ClassicMember member in Members.Where(member => member.SessionDeadline <= step.Clock).ToArray())
        {
            // What became of those before may have removed it, or given it a new session.
            if (member.SessionDeadline <= step.Clock && ReferenceEquals(_state.Members.Find(member.Id), member))
            {
                ExpireSession(step, member);
            }
        }

        _rebalance.Expire(step);
        _deadlines.Clear();
        _rebalance.AddDeadlines();
        foreach (TimeSpan deadline in _state.Members.Pending.Values.Concat(Members.Select(member => member.SessionDeadline)))
        {
            _deadlines.Add(deadline);
        }
    }

    /// <summary>Answers all who wait for a join or a sync, once this step is durable.</summary>
    public void AnswerAll(GroupStep step, ErrorCode error)
    {
        foreach (ClassicMember member in Members)
        {
            member.AnswerJoin(step, error);
            member.AnswerSync(step, error);
        }
    }

    /// <summary>Answers all who wait, at once.</summary>
    public void Abandon(ErrorCode error)
    {
        foreach (ClassicMember member in Members)
        {
            member.Abandon(error);
        }
    }

    private void ExpireSession(GroupStep step, ClassicMember member)
    {
        if (!member.IsNew && (member.AwaitsJoin || member.AwaitsSync))
        {
            // It waits for us, not we for it.
            _deadlines.Renew(step, member);
        }
        else
        {
            _rebalance.Remove(step, member, $"member {member.Story} was silent for its session time-out");
        }
    }

    private ErrorCode ValidateSync(SyncGroupRequest request)
    {
        ErrorCode error = Validate(request.MemberId, request.GroupInstanceId, request.GenerationId);
        if (error != ErrorCode.None)
        {
            return error;
        }

        bool isInconsistent = (request.ProtocolType is { } type && _state.ProtocolType is not null && type != _state.ProtocolType)
            || (request.ProtocolName is { } name && _state.ProtocolName is not null && name != _state.ProtocolName);
        return isInconsistent ? ErrorCode.InconsistentGroupProtocol
            : _state.State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress
            : ErrorCode.None;
    }

    private ErrorCode Validate(string memberId, string? instanceId, int generation)
    {
        if (_group.IsDead)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }

        ErrorCode error = _state.Members.Validate(memberId, instanceId);
        return error != ErrorCode.None ? error : generation != _state.Generation ? ErrorCode.IllegalGeneration : ErrorCode.None;
    }

    private LeaveGroupResponse.MemberResponse Leave(GroupStep step, LeaveGroupRequest.MemberIdentity leaver, List<string> reasons)
    {
        ErrorCode error = ErrorCode.None;
        if (_state.Members.IsPending(leaver.MemberId))
        {
            // It was never a member: at most it was waited for.
            _state.Members.RemovePending(leaver.MemberId);
            _rebalance.CompleteIfAllJoined(step);
        }
        else
        {
            // Tools remove static members by their instance alone.
            string memberId = leaver.MemberId.Length == 0 ? _state.Members.FindInstance(leaver.GroupInstanceId) ?? "" : leaver.MemberId;
            error = _state.Members.Validate(memberId, leaver.GroupInstanceId);
            if (error == ErrorCode.None)
            {
                ClassicMember member = _state.Members.Find(memberId)!;
                _rebalance.Drop(step, member);
                reasons.Add($"member {member.Story} left{(string.IsNullOrEmpty(leaver.Reason) ? "" : $": {leaver.Reason}")}");
            }
        }

        return new() { MemberId = leaver.MemberId, GroupInstanceId = leaver.GroupInstanceId, ErrorCode = error };
    }
}
