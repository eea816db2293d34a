using System.Globalization;
using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Classic;

/// <summary>How a classic group comes from one generation to the next: wait until the members have joined again, tell them who they are, wait for the leader's assignment.</summary>
internal sealed class ClassicRebalance(Group group, ClassicState state, ClassicDeadlines deadlines)
{
    private const int MaxReasonsTold = 5;

    // For members that claim to need no time at all.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private readonly List<string> _reasons = [];
    private TimeSpan? _joinDeadline;
    private TimeSpan? _syncDeadline;
    private TimeSpan _delay;
    private TimeSpan _delayLeft;
    private bool _hasNewMember;

    /// <summary>The group was empty: it waits a while for more members, however many have joined (group.initial.rebalance.delay.ms, KIP-134).</summary>
    public bool IsInitial { get; private set; }

    private ClassicMembers Members => state.Members;

    /// <summary>How long the members are waited for.</summary>
    private TimeSpan Patience => Members.RebalanceTimeout > ShortestWait ? Members.RebalanceTimeout : ShortestWait;

    /// <summary>Adds what must be looked at in time.</summary>
    public void AddDeadlines()
    {
        deadlines.Add(_joinDeadline);
        deadlines.Add(_syncDeadline);
    }

    /// <summary>Forgets what was under way.</summary>
    public void Reset()
    {
        _reasons.Clear();
        _joinDeadline = null;
        _syncDeadline = null;
        _hasNewMember = false;
        IsInitial = false;
    }

    /// <summary>Something happened that the members must agree on anew.</summary>
    public void Request(GroupStep step, string reason)
    {
        if (state.State == GroupState.PreparingRebalance)
        {
            _reasons.Add(reason);
            CompleteIfAllJoined(step);
        }
        else
        {
            Prepare(step, reason);
        }
    }

    /// <summary>While an empty group waits for more members, each that comes prolongs the wait.</summary>
    public void NoteNewMember() => _hasNewMember |= IsInitial && state.State == GroupState.PreparingRebalance;

    /// <summary>Goes on as soon as all have joined.</summary>
    public void CompleteIfAllJoined(GroupStep step)
    {
        if (state.State == GroupState.PreparingRebalance && !IsInitial && Members.HaveAllJoined)
        {
            CompleteJoin(step);
        }
    }

    /// <summary>The member is one no more. What it waits for is answered, and the others must agree anew.</summary>
    public void Remove(GroupStep step, ClassicMember member, string reason)
    {
        Drop(step, member);
        if (state.State != GroupState.Empty)
        {
            Request(step, reason);
        }
    }

    /// <summary>The member is one no more; the caller goes on.</summary>
    public void Drop(GroupStep step, ClassicMember member)
    {
        Members.Remove(member);
        member.AnswerJoin(step, ErrorCode.UnknownMemberId);
        member.AnswerSync(step, ErrorCode.UnknownMemberId);
    }

    /// <summary>The member has asked for its assignment.</summary>
    public void NoteSync(ClassicMember member)
    {
        member.HasSynced = true;
        if (Members.All.All(other => other.HasSynced))
        {
            _syncDeadline = null;
        }
    }

    /// <summary>The leader has brought the assignment: everybody gets its part. A member it forgot gets nothing.</summary>
    public void Form(GroupStep step, IEnumerable<SyncGroupRequest.SyncGroupRequestAssignment> assignments)
    {
        var parts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (SyncGroupRequest.SyncGroupRequestAssignment assignment in assignments)
        {
            parts[assignment.MemberId] = assignment.Assignment;
        }

        EmitFormed(step, state.Generation, [.. Members.All.Select(member => member.ToEvent(parts.GetValueOrDefault(member.Id) ?? []))]);
        foreach (ClassicMember member in Members.All.Where(member => member.AwaitsSync))
        {
            deadlines.Renew(step, member);
            member.AnswerSync(step, AssignmentOf(member));
        }
    }

    public SyncGroupResponse AssignmentOf(ClassicMember member) =>
        new() { ProtocolType = state.ProtocolType, ProtocolName = state.ProtocolName, Assignment = member.Assignment };

    /// <summary>What a member is told of the present generation.</summary>
    public JoinGroupResponse GenerationFor(ClassicMember member)
    {
        string leader = Members.LeaderId ?? "";
        return new()
        {
            GenerationId = state.Generation,
            ProtocolType = state.ProtocolType,
            ProtocolName = state.ProtocolName,
            Leader = leader,
            MemberId = member.Id,
            Members = leader == member.Id ? Roster() : [],
        };
    }

    /// <summary>Does what is due.</summary>
    public void Expire(GroupStep step)
    {
        if (_joinDeadline <= step.Clock)
        {
            if (IsInitial && _hasNewMember && _delayLeft > TimeSpan.Zero)
            {
                _hasNewMember = false;
                TimeSpan delay = _delay < _delayLeft ? _delay : _delayLeft;
                _delayLeft -= delay;
                _joinDeadline = step.Clock + delay;
            }
            else
            {
                CompleteJoin(step);
            }
        }

        if (_syncDeadline <= step.Clock)
        {
            ExpireSync(step);
        }
    }

    /// <summary>The members are to join again. Those that wait for an assignment are told so now, the others by their next heartbeat.</summary>
    public void Prepare(GroupStep step, string reason)
    {
        _reasons.Add(reason);
        foreach (ClassicMember member in Members.All.Where(member => member.AwaitsSync))
        {
            deadlines.Renew(step, member);
            member.AnswerSync(step, ErrorCode.RebalanceInProgress);
        }

        _syncDeadline = null;
        IsInitial = state.State == GroupState.Empty;
        _hasNewMember = false;
        state.BecomePreparing();
        if (!IsInitial)
        {
            if (Members.HaveAllJoined)
            {
                CompleteJoin(step);
            }
            else
            {
                _joinDeadline = step.Clock + Patience;
                deadlines.Add(_joinDeadline);
            }

            return;
        }

        _delay = step.Config.InitialRebalanceDelay;
        _delayLeft = Members.RebalanceTimeout - _delay;
        if (_delay <= TimeSpan.Zero)
        {
            CompleteJoin(step);
        }
        else
        {
            _joinDeadline = step.Clock + _delay;
            deadlines.Add(_joinDeadline);
        }
    }

    private void CompleteJoin(GroupStep step)
    {
        _joinDeadline = null;
        foreach (ClassicMember late in Members.All.Where(member => !member.AwaitsJoin && !member.IsStatic).ToArray())
        {
            Drop(step, late);
            _reasons.Add($"member {late.Story} did not join in time");
        }

        if (Members.Count == 0)
        {
            EmitFormed(step, state.NextGeneration, []);
        }
        else if (Members.HasJoinedLeader())
        {
            BeginGeneration(step);
        }
        else
        {
            // Only static members are left, and none has come back: they are members until their sessions end.
            _joinDeadline = step.Clock + Patience;
            deadlines.Add(_joinDeadline);
        }
    }

    private void BeginGeneration(GroupStep step)
    {
        int generation = state.NextGeneration;
        step.Emit(new ClassicGenerationStarted { Generation = generation });
        state.BecomeCompleting(generation);
        IsInitial = false;
        _syncDeadline = step.Clock + Patience;
        deadlines.Add(_syncDeadline);
        foreach (ClassicMember member in Members.All)
        {
            // Static members may be in without having joined. They keep what is left of their sessions, and nobody waits for them.
            member.HasSynced = !member.AwaitsJoin;
            if (member.AwaitsJoin)
            {
                member.IsNew = false;
                deadlines.Renew(step, member);
                member.AnswerJoin(step, GenerationFor(member));
            }
        }
    }

    private void ExpireSync(GroupStep step)
    {
        _syncDeadline = null;
        ClassicMember[] late = [.. Members.All.Where(member => !member.HasSynced)];
        if (late.Length == 0)
        {
            return;
        }

        foreach (ClassicMember member in late)
        {
            Drop(step, member);
        }

        Prepare(step, $"{string.Join(", ", late.Select(member => $"member {member.Story}"))} did not ask for an assignment in time");
    }

    private void EmitFormed(GroupStep step, int generation, ClassicGenerationFormed.Member[] members)
    {
        ClassicGenerationFormed? before = state.Formed;
        var formed = new ClassicGenerationFormed
        {
            Generation = generation,
            AtMs = step.Now.UnixMs,
            ProtocolType = state.ProtocolType,
            ProtocolName = members.Length == 0 ? null : state.ProtocolName,
            LeaderId = members.Length == 0 ? null : Members.LeaderId,
            Members = members,
        };
        IsInitial = false;
        step.Emit(formed);
        step.Report(new Rebalance(group.Id, GroupType.Classic, generation, Reason(), members.Length, ClassicMoves.Between(before, formed)));
        _reasons.Clear();
    }

    private string Reason()
    {
        string reason = string.Join("; ", _reasons.Take(MaxReasonsTold));
        return _reasons.Count <= MaxReasonsTold
            ? reason
            : string.Create(CultureInfo.InvariantCulture, $"{reason}; and {_reasons.Count - MaxReasonsTold} more");
    }

    private JoinGroupResponse.JoinGroupResponseMember[] Roster() =>
    [
        .. Members.All.Select(member => new JoinGroupResponse.JoinGroupResponseMember
        {
            MemberId = member.Id,
            GroupInstanceId = member.InstanceId,
            Metadata = member.MetadataFor(state.ProtocolName) ?? [],
        }),
    ];
}
