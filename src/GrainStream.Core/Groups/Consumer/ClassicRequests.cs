using GrainStream.Core.Groups.Classic;
using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// What members of the classic protocol ask a consumer group (KIP-848, migration). To them it is a group that another leads: a generation is their member epoch, a rebalance is one
/// step towards what they are to own, and JoinGroup is answered at once, since nobody has to be waited for. They are told by their heartbeats to join again for each step.
/// </summary>
internal sealed class ClassicRequests(Group group, ConsumerProtocol protocol, Migration migration)
{
    private const short FirstJoinVersionThatComesBack = 4;
    private const short FirstLeaveVersionWithSeveral = 3;

    private ConsumerMembers Members => protocol.Members;

    public JoinGroupResponse Join(GroupStep step, JoinGroupRequest request, GroupClient client)
    {
        ErrorCode error = CheckJoin(step, request, out ConsumerProtocolSubscription? subscription);
        if (error != ErrorCode.None)
        {
            return ClassicMember.JoinError(error, request.MemberId, client.Version);
        }

        bool isNewId = request.MemberId.Length == 0;
        string id = isNewId ? $"{request.GroupInstanceId ?? client.ClientId}-{step.NewId()}" : request.MemberId;
        if (isNewId && request.GroupInstanceId is null && client.Version >= FirstJoinVersionThatComesBack)
        {
            return ClassicMember.JoinError(ErrorCode.MemberIdRequired, id, client.Version);
        }

        ConsumerMember? holder = request.GroupInstanceId is null ? null : Members.FindInstance(request.GroupInstanceId);
        error = !isNewId && request.GroupInstanceId is not null ? Identify(request.MemberId, request.GroupInstanceId, out _)
            : !isNewId && WasMember(id, subscription!) ? ErrorCode.UnknownMemberId
            : holder is null && Members.Find(id) is null && Members.Count >= step.Config.ConsumerMaxSize ? ErrorCode.GroupMaxSizeReached
            : ErrorCode.None;
        if (error != ErrorCode.None)
        {
            return ClassicMember.JoinError(error, error == ErrorCode.GroupMaxSizeReached ? "" : request.MemberId, client.Version);
        }

        if (holder is not null && holder.Id != id)
        {
            step.Emit(new ConsumerMemberReplaced { OldMemberId = holder.Id, NewMemberId = id });
        }

        ConsumerMember member = Change(step, id, request, client, subscription!);
        protocol.Assigning.AssignIfDue(step);
        protocol.Reconcile(step, member, member.Position, EmbeddedSets.Owned(subscription!, step.Topics));
        return Welcome(step, member, holder);
    }

    public SyncGroupResponse Sync(GroupStep step, SyncGroupRequest request)
    {
        ErrorCode error = Identify(request.MemberId, request.GroupInstanceId, out ConsumerMember? member);
        error = error != ErrorCode.None ? error : CheckSync(member!, request);
        if (error == ErrorCode.None && Members.GroupEpoch > member!.Position.Epoch && member.Position.State != MemberState.UnrevokedPartitions)
        {
            // Who gives partitions up has joined already for that, and is told to join again when it has.
            protocol.Sessions.AwaitJoin(step, member);
            error = ErrorCode.RebalanceInProgress;
        }

        if (error != ErrorCode.None)
        {
            return new SyncGroupResponse { ErrorCode = error };
        }

        member!.SyncDeadline = null;
        protocol.Sessions.Renew(step, member);
        MemberProtocol own = member.Profile.Classic!.Protocols[0];
        return new SyncGroupResponse
        {
            ProtocolType = EmbeddedConsumerCodec.ProtocolType,
            ProtocolName = own.Name,
            Assignment = EmbeddedSets.WriteAssignment(member.Position.Assigned, own.Metadata, step.Topics),
        };
    }

    public HeartbeatResponse Heartbeat(GroupStep step, HeartbeatRequest request)
    {
        ErrorCode error = Identify(request.MemberId, request.GroupInstanceId, out ConsumerMember? member);
        error = error != ErrorCode.None ? error : CheckGeneration(member!, request.GenerationId);
        if (error != ErrorCode.None)
        {
            return new HeartbeatResponse { ErrorCode = error };
        }

        protocol.Sessions.Renew(step, member!);
        MemberPosition position = member!.Position;
        bool canMoveOn = position.Epoch < Members.GroupEpoch
            || position.State == MemberState.UnrevokedPartitions
            || (position.State == MemberState.UnreleasedPartitions && IsAllFree(member));
        if (canMoveOn)
        {
            protocol.Sessions.AwaitJoin(step, member);
        }

        return new HeartbeatResponse { ErrorCode = canMoveOn ? ErrorCode.RebalanceInProgress : ErrorCode.None };
    }

    public LeaveGroupResponse Leave(GroupStep step, LeaveGroupRequest request, GroupClient client)
    {
        bool isSingle = client.Version < FirstLeaveVersionWithSeveral;
        LeaveGroupRequest.MemberIdentity[] leavers = isSingle ? [new() { MemberId = request.MemberId }] : request.Members;
        LeaveGroupResponse.MemberResponse[] outcomes = [.. leavers.Select(leaver => Leave(step, leaver))];
        return new LeaveGroupResponse { ErrorCode = isSingle ? outcomes[0].ErrorCode : ErrorCode.None, Members = isSingle ? [] : outcomes };
    }

    /// <summary>
    /// A member that the group has given up must hear of it, or it would go on from where it was with partitions that others have worked on since. A new one, that comes back with the id
    /// it was given, owns nothing.
    /// </summary>
    private bool WasMember(string id, ConsumerProtocolSubscription subscription) => Members.Find(id) is null && subscription.OwnedPartitions.Length > 0;

    private LeaveGroupResponse.MemberResponse Leave(GroupStep step, LeaveGroupRequest.MemberIdentity leaver)
    {
        // Tools remove static members by their instance alone.
        string memberId = leaver.MemberId.Length == 0 && leaver.GroupInstanceId is not null ? Members.FindInstance(leaver.GroupInstanceId)?.Id ?? "" : leaver.MemberId;
        ErrorCode error = Identify(memberId, leaver.GroupInstanceId, out ConsumerMember? member);
        if (error == ErrorCode.None && member!.IsClassic)
        {
            protocol.Remove(step, member, $"member {member.Story} left{(string.IsNullOrEmpty(leaver.Reason) ? "" : $": {leaver.Reason}")}");
        }
        else if (error == ErrorCode.None)
        {
            error = ErrorCode.UnknownMemberId;
        }

        return new() { MemberId = leaver.MemberId, GroupInstanceId = leaver.GroupInstanceId, ErrorCode = error };
    }

    private ErrorCode CheckJoin(GroupStep step, JoinGroupRequest request, out ConsumerProtocolSubscription? subscription)
    {
        subscription = null;
        var session = TimeSpan.FromMilliseconds(request.SessionTimeoutMs);
        if (group.IsDead)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }

        if (session < step.Config.MinSessionTimeout || session > step.Config.MaxSessionTimeout)
        {
            return ErrorCode.InvalidSessionTimeout;
        }

        if (Members.Count == 0)
        {
            // The group is anybody's, but this one believes to be in it, so it must first learn that it is not.
            return ErrorCode.UnknownMemberId;
        }

        bool isSupported = request.ProtocolType == EmbeddedConsumerCodec.ProtocolType
            && request.Protocols.Any(offered => Members.All.All(member => member.Profile.Classic?.Supports(offered.Name) != false));
        return isSupported && EmbeddedConsumerCodec.TryReadSubscription(request.Protocols[0].Metadata, out subscription)
            ? ErrorCode.None
            : ErrorCode.InconsistentGroupProtocol;
    }

    private ConsumerMember Change(GroupStep step, string id, JoinGroupRequest request, GroupClient client, ConsumerProtocolSubscription subscription)
    {
        ConsumerMember? member = Members.Find(id);
        MemberProfile? before = member?.Profile;
        MemberProfile profile = (before ?? new MemberProfile()) with
        {
            InstanceId = request.GroupInstanceId ?? before?.InstanceId,
            RackId = subscription.RackId ?? before?.RackId,
            ClientId = client.ClientId,
            ClientHost = client.ClientHost,
            RebalanceTimeout = TimeSpan.FromMilliseconds(request.RebalanceTimeoutMs < 0 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs),
            Subscription = TopicSubscription.To(subscription.Topics, pattern: null),
            Classic = new ClassicSide(TimeSpan.FromMilliseconds(request.SessionTimeoutMs), MemberProtocol.From(request)),
        };
        if (!profile.Equals(before))
        {
            step.Emit(profile.ToEvent(id));
        }

        member ??= Members.Find(id)!;
        if (!profile.Subscription.Equals(before?.Subscription))
        {
            protocol.Assigning.Bump(step, $"member {member.Story} {(before is null ? "joined" : "changed its subscription")}");
        }

        return member;
    }

    private JoinGroupResponse Welcome(GroupStep step, ConsumerMember member, ConsumerMember? replaced)
    {
        string protocolName = member.Profile.Classic!.Protocols[0].Name;
        var response = new JoinGroupResponse
        {
            MemberId = member.Id,
            GenerationId = member.Position.Epoch,
            ProtocolType = EmbeddedConsumerCodec.ProtocolType,
            ProtocolName = protocolName,
        };
        if (replaced is { IsClassic: false } && migration.CanDowngrade(step))
        {
            // It has taken the place of the last member of the consumer protocol.
            migration.Downgrade(step);
            group.Classic.PrepareRebalance(step, $"member {member.Story} came back with the classic protocol; the group is classic again");
            return response;
        }

        protocol.Sessions.Renew(step, member);
        protocol.Sessions.AwaitSync(step, member);
        return response;
    }

    private ErrorCode Identify(string memberId, string? instanceId, out ConsumerMember? member)
    {
        member = instanceId is null ? Members.Find(memberId) : Members.FindInstance(instanceId);
        return group.IsDead ? ErrorCode.CoordinatorNotAvailable
            : member is null ? ErrorCode.UnknownMemberId
            : member.Id != memberId ? ErrorCode.FencedInstanceId
            : ErrorCode.None;
    }

    private static ErrorCode CheckGeneration(ConsumerMember member, int generation) =>
        !member.IsClassic ? ErrorCode.UnknownMemberId
        : generation != member.Position.Epoch ? ErrorCode.IllegalGeneration
        : ErrorCode.None;

    private static ErrorCode CheckSync(ConsumerMember member, SyncGroupRequest request)
    {
        ErrorCode error = CheckGeneration(member, request.GenerationId);
        if (error != ErrorCode.None)
        {
            return error;
        }

        bool isMatch = (request.ProtocolType ?? EmbeddedConsumerCodec.ProtocolType) == EmbeddedConsumerCodec.ProtocolType
            && (request.ProtocolName is null || request.ProtocolName == member.Profile.Classic!.Protocols[0].Name);
        return isMatch ? ErrorCode.None : ErrorCode.InconsistentGroupProtocol;
    }

    private bool IsAllFree(ConsumerMember member) =>
        member.Target.Except(member.Position.Assigned).All(partition => protocol.IsFreeFor(member, partition));
}
