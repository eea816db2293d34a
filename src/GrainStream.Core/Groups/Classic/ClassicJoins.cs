using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Classic;

/// <summary>Who may join a classic group, and what that sets going.</summary>
internal sealed class ClassicJoins(Group group, ClassicState state, ClassicRebalance rebalance, ClassicDeadlines deadlines)
{
    private const short FirstVersionThatComesBack = 4;
    private const short FirstVersionWithSkipAssignment = 9;

    // A new member that waits for its first generation sends no heartbeats. If its client gave up and joined under another id, this is when the old one goes (Kafka's value).
    private static readonly TimeSpan NewMemberTimeout = TimeSpan.FromMinutes(5);

    private ClassicMembers Members => state.Members;

    public void Join(GroupStep step, JoinGroupRequest request, GroupClient client, Action<JoinGroupResponse> reply)
    {
        var join = new Attempt(step, request, client, reply, MemberProtocol.From(request));
        var session = TimeSpan.FromMilliseconds(request.SessionTimeoutMs);
        if (group.IsDead)
        {
            join.Refuse(ErrorCode.CoordinatorNotAvailable);
        }
        else if (session < step.Config.MinSessionTimeout || session > step.Config.MaxSessionTimeout)
        {
            join.Refuse(ErrorCode.InvalidSessionTimeout);
        }
        else if (!HasRoomFor(request.MemberId, step.Config.MaxSize))
        {
            TurnAway(join);
        }
        else if (!IsCompatible(request.ProtocolType, join.Protocols))
        {
            join.Refuse(ErrorCode.InconsistentGroupProtocol);
        }
        else if (request.MemberId.Length == 0)
        {
            JoinNew(join);
        }
        else
        {
            JoinAgain(join);
        }
    }

    private static string Because(string? reason) => string.IsNullOrEmpty(reason) ? "" : $": {reason}";

    private bool HasRoomFor(string memberId, int maxSize) => state.State switch
    {
        GroupState.Empty => true,

        // Those who come back late are turned away: the limit may have been lowered since they joined.
        GroupState.PreparingRebalance => Members.Find(memberId)?.AwaitsJoin == true || Members.AwaitingJoin < maxSize,
        _ => Members.Contains(memberId) || Members.Count < maxSize,
    };

    private void TurnAway(Attempt join)
    {
        Members.RemovePending(join.Request.MemberId);
        if (Members.Find(join.Request.MemberId) is { } member)
        {
            rebalance.Drop(join.Step, member);
        }

        rebalance.CompleteIfAllJoined(join.Step);
        join.Refuse(ErrorCode.GroupMaxSizeReached, "");
    }

    private bool IsCompatible(string protocolType, MemberProtocol[] protocols) => state.State == GroupState.Empty
        ? protocolType.Length > 0 && protocols.Length > 0
        : protocolType == state.ProtocolType && Members.Support(protocols);

    private void JoinNew(Attempt join)
    {
        string? instance = join.Request.GroupInstanceId;
        string memberId = $"{instance ?? join.Client.ClientId}-{join.Step.NewId()}";
        if (Members.FindInstance(instance) is { } oldId)
        {
            ReplaceStatic(join, Members.Find(oldId)!, memberId);
        }
        else if (instance is null && join.Client.Version >= FirstVersionThatComesBack)
        {
            // Without this, a client that cannot wait long enough would leave a member behind each time it tries (KIP-394).
            TimeSpan deadline = join.Step.Clock + TimeSpan.FromMilliseconds(join.Request.SessionTimeoutMs);
            Members.AddPending(memberId, deadline);
            deadlines.Add(deadline);
            join.Refuse(ErrorCode.MemberIdRequired, memberId);
        }
        else
        {
            Add(join, memberId);
        }
    }

    private void JoinAgain(Attempt join)
    {
        string memberId = join.Request.MemberId;
        if (Members.IsPending(memberId))
        {
            if (Members.FindInstance(join.Request.GroupInstanceId) is null)
            {
                Add(join, memberId);
            }
            else
            {
                join.Refuse(ErrorCode.FencedInstanceId);
            }

            return;
        }

        ErrorCode error = Members.Validate(memberId, join.Request.GroupInstanceId);
        if (error != ErrorCode.None)
        {
            join.Refuse(error);
            return;
        }

        ClassicMember member = Members.Find(memberId)!;
        bool isLeader = Members.LeaderId == memberId;
        bool isSame = MemberProtocol.AreSame(member.Protocols, join.Protocols);
        if (state.State == GroupState.PreparingRebalance)
        {
            Await(join, member);
            rebalance.CompleteIfAllJoined(join.Step);
        }
        else if (isSame && (state.State == GroupState.CompletingRebalance || !isLeader))
        {
            // It has nothing new to say; perhaps it never got the answer to its first request.
            deadlines.Renew(join.Step, member);
            join.Answer(rebalance.GenerationFor(member));
        }
        else
        {
            Await(join, member);
            rebalance.Request(
                join.Step,
                isSame
                    ? $"leader {member.Story} joined again{Because(join.Request.Reason)}"
                    : $"member {member.Story} changed its metadata{Because(join.Request.Reason)}");
        }
    }

    private void Add(Attempt join, string memberId)
    {
        JoinGroupRequest request = join.Request;
        var member = new ClassicMember(memberId, request.GroupInstanceId, join.Client.ClientId, join.Client.ClientHost) { IsNew = true };
        if (Members.Count == 0)
        {
            state.BecomeFor(request.ProtocolType);
        }

        Await(join, member);
        Members.Add(member);
        deadlines.Set(member, join.Step.Clock + NewMemberTimeout);
        rebalance.NoteNewMember();
        rebalance.Request(join.Step, $"member {member.Story} joined{Because(request.Reason)}");
    }

    private void ReplaceStatic(Attempt join, ClassicMember old, string memberId)
    {
        GroupStep step = join.Step;
        string? leaderBefore = Members.LeaderId;
        old.AnswerJoin(step, ErrorCode.FencedInstanceId);
        old.AnswerSync(step, ErrorCode.FencedInstanceId);

        var member = new ClassicMember(memberId, old.InstanceId, join.Client.ClientId, join.Client.ClientHost) { Assignment = old.Assignment };
        member.Update(join.Request.SessionTimeoutMs, join.Request.RebalanceTimeoutMs, join.Protocols);
        Members.Replace(old, member);
        deadlines.Renew(step, member);
        if (state.State == GroupState.Stable && state.ProtocolName == Members.SelectProtocol())
        {
            step.Emit(Replacement(old, member));
            join.Answer(TakenOver(join, member, leaderBefore));
            return;
        }

        Await(join, member);
        if (state.State == GroupState.PreparingRebalance)
        {
            rebalance.CompleteIfAllJoined(step);
        }
        else
        {
            // Stable: another assignor will be chosen. Completing: the leader may be making an assignment for the old member id.
            rebalance.Prepare(step, $"static member {old.Story} came back as {member.Id}{Because(join.Request.Reason)}");
        }
    }

    private static StaticMemberReplaced Replacement(ClassicMember old, ClassicMember member) => new()
    {
        OldMemberId = old.Id,
        NewMemberId = member.Id,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        SessionTimeoutMs = (int)member.SessionTimeout.TotalMilliseconds,
        RebalanceTimeoutMs = (int)member.RebalanceTimeout.TotalMilliseconds,
        Protocols = [.. member.Protocols.Select(protocol => new StaticMemberReplaced.MemberProtocol { Name = protocol.Name, Metadata = protocol.Metadata })],
    };

    /// <summary>
    /// The generation goes on. A leader that comes back must not assign again: newer clients are told so (KIP-814), older ones are told that somebody else leads.
    /// </summary>
    private JoinGroupResponse TakenOver(Attempt join, ClassicMember member, string? leaderBefore)
    {
        JoinGroupResponse response = rebalance.GenerationFor(member);
        if (join.Client.Version >= FirstVersionWithSkipAssignment)
        {
            response.SkipAssignment = Members.LeaderId == member.Id;
        }
        else
        {
            response.Leader = leaderBefore ?? "";
            response.Members = [];
        }

        return response;
    }

    private static void Await(Attempt join, ClassicMember member)
    {
        member.Update(join.Request.SessionTimeoutMs, join.Request.RebalanceTimeoutMs, join.Protocols);
        member.AwaitJoin(join.Step, join.Client.Version, join.Reply);
    }

    /// <summary>One request to join.</summary>
    private sealed record Attempt(
        GroupStep Step, JoinGroupRequest Request, GroupClient Client, Action<JoinGroupResponse> Reply, MemberProtocol[] Protocols)
    {
        public void Answer(JoinGroupResponse response) => Step.Answer(Reply, response);

        public void Refuse(ErrorCode error) => Refuse(error, Request.MemberId);

        public void Refuse(ErrorCode error, string memberId) => Answer(ClassicMember.JoinError(error, memberId, Client.Version));
    }
}
