using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// ConsumerGroupHeartbeat: joins, lives, moves partitions, leaves. Each request is served in its own step: the member is made or brought up to date, a new
/// target is assigned if one is due, and the member is taken one step towards its part of it. A heartbeat that changes nothing emits nothing.
/// </summary>
internal sealed class Heartbeats(Group group, ConsumerProtocol protocol, Migration migration)
{
    private ConsumerMembers Members => protocol.Members;

    public ConsumerGroupHeartbeatResponse Serve(GroupStep step, ConsumerGroupHeartbeatRequest request, GroupClient client)
    {
        Refusal? refusal = group.IsDead
            ? new Refusal(ErrorCode.CoordinatorNotAvailable, $"Group {group.Id} has just been deleted.")
            : HeartbeatRules.Check(request, client.Version, step.Config);
        if (refusal is null && group.Type == GroupType.Classic)
        {
            // A member that was away while the group became classic is to join again. Kafka says GROUP_ID_NOT_FOUND, of which its clients die.
            refusal = request.MemberEpoch == HeartbeatRules.Join
                ? migration.Upgrade(step)
                : new Refusal(ErrorCode.UnknownMemberId, $"Group {group.Id} has become a classic group, and {request.MemberId} is not a member of it.");
        }

        return refusal is not null ? Refused(refusal) : request.MemberEpoch switch
        {
            HeartbeatRules.Join => Join(step, request, client),
            > 0 => Continue(step, request, client),
            _ => Leave(step, request),
        };
    }

    private static ConsumerGroupHeartbeatResponse Refused(Refusal refusal) => new() { ErrorCode = refusal.Error, ErrorMessage = refusal.Message };

    private ConsumerGroupHeartbeatResponse Join(GroupStep step, ConsumerGroupHeartbeatRequest request, GroupClient client)
    {
        string id = request.MemberId.Length > 0 ? request.MemberId : step.NewId().ToString();
        ConsumerMember? member = Members.Find(id);
        ConsumerMember? holder = request.InstanceId is null ? null : Members.FindInstance(request.InstanceId);
        if (holder is not null && holder.Id != id)
        {
            if (CheckReplacement(holder, member, request) is { } refusal)
            {
                return Refused(refusal);
            }

            step.Emit(new ConsumerMemberReplaced { OldMemberId = holder.Id, NewMemberId = id });
            member = Members.Find(id);
        }
        else if (member is null && Members.Count >= step.Config.ConsumerMaxSize)
        {
            return Refused(new Refusal(
                ErrorCode.GroupMaxSizeReached, $"Group {group.Id} has {Members.Count} members, and group.consumer.max.size allows no more."));
        }

        // A member that joins says everything of itself, and owns nothing, whatever it owned before.
        MemberProfile profile = Updated(new MemberProfile { InstanceId = member?.Profile.InstanceId }, request, client);
        bool isNew = member is null;
        TopicSubscription? before = member?.Profile.Subscription;
        member = Change(step, id, member, profile);
        if (isNew || !profile.Subscription.Equals(before))
        {
            protocol.Assigning.Bump(step, $"member {member.Story} {(isNew ? "joined" : "came back with another subscription")}");
        }

        return Advance(step, member, MemberPosition.Joining with { Assigned = member.Position.Assigned }, PartitionSet.Empty, isFull: true);
    }

    private static Refusal? CheckReplacement(ConsumerMember holder, ConsumerMember? member, ConsumerGroupHeartbeatRequest request)
    {
        if (member is not null)
        {
            return new Refusal(
                ErrorCode.InvalidRequest, $"Member id {member.Id} is another member's. Send the member id of instance {request.InstanceId}, or one that nobody has.");
        }

        // One of the classic protocol does not say when it goes away, so its successor may come at any time.
        return holder.IsClassic || holder.IsAway ? null : new Refusal(
            ErrorCode.UnreleasedInstanceId,
            $"Instance {request.InstanceId} is member {holder.Id}, which has not left. Wait until it has, or its session times out; or give this consumer another group.instance.id.");
    }

    private ConsumerGroupHeartbeatResponse Continue(GroupStep step, ConsumerGroupHeartbeatRequest request, GroupClient client)
    {
        (ConsumerMember? member, Refusal? refusal) = FindMember(request);
        PartitionSet? owned = OwnedBy(request);
        refusal ??= CheckEpoch(member!, request.MemberEpoch, owned);
        if (refusal is not null)
        {
            return Refused(refusal);
        }

        TopicSubscription before = member!.Profile.Subscription;
        MemberProfile profile = Updated(member.Profile, request, client);
        if (!profile.Equals(member.Profile))
        {
            Change(step, member.Id, member, profile);
        }

        if (!profile.Subscription.Equals(before))
        {
            protocol.Assigning.Bump(step, $"member {member.Story} changed its subscription");
        }

        bool isFull = request.RebalanceTimeoutMs >= 0 && owned is not null && (request.SubscribedTopicNames is not null || request.SubscribedTopicRegex is not null);
        return Advance(step, member, member.Position, owned, isFull);
    }

    private ConsumerGroupHeartbeatResponse Leave(GroupStep step, ConsumerGroupHeartbeatRequest request)
    {
        (ConsumerMember? member, Refusal? refusal) = FindMember(request);
        if (refusal is not null)
        {
            return Refused(refusal);
        }

        if (request.MemberEpoch == HeartbeatRules.LeaveForAWhile)
        {
            // Its session goes on: it has until the end of it to come back to what it owned.
            MemberPosition away = member!.Position with { Epoch = MemberPosition.Away, PendingRevocation = PartitionSet.Empty };
            step.Emit(away.ToEvent(member.Id));
            member.RevocationDeadline = null;
        }
        else
        {
            protocol.Remove(step, member!, $"member {member!.Story} left");
        }

        return new ConsumerGroupHeartbeatResponse { MemberId = request.MemberId, MemberEpoch = request.MemberEpoch };
    }

    private ConsumerGroupHeartbeatResponse Advance(GroupStep step, ConsumerMember member, MemberPosition from, PartitionSet? owned, bool isFull)
    {
        PartitionSet before = member.Position.Assigned;
        protocol.Assigning.AssignIfDue(step);
        protocol.Reconcile(step, member, from, owned);
        protocol.Sessions.Renew(step, member);
        PartitionSet now = member.Position.Assigned;
        return new ConsumerGroupHeartbeatResponse
        {
            MemberId = member.Id,
            MemberEpoch = member.Position.Epoch,
            HeartbeatIntervalMs = (int)HeartbeatInterval(step).TotalMilliseconds,
            Assignment = isFull || !now.Equals(before) ? ToMessage(now) : null,
        };
    }

    private TimeSpan HeartbeatInterval(GroupStep step)
    {
        // Who is away can keep the group from being stable for long, and cannot be helped by others' heartbeats.
        bool isSettling = step.Clock < protocol.Assigning.LivelyUntil
            || (protocol.State != GroupState.Stable && Members.All.Any(member => !member.IsAway && !member.Position.IsReconciledTo(Members.AssignmentEpoch)));
        return SettlingPolicy.HeartbeatInterval(step.Config.ConsumerHeartbeatInterval, isSettling, Members.Count);
    }

    private ConsumerMember Change(GroupStep step, string id, ConsumerMember? member, MemberProfile profile)
    {
        if (member is null || !profile.Equals(member.Profile))
        {
            step.Emit(profile.ToEvent(id));
        }

        return member ?? Members.Find(id)!;
    }

    private (ConsumerMember? Member, Refusal? Refusal) FindMember(ConsumerGroupHeartbeatRequest request)
    {
        if (request.InstanceId is null)
        {
            ConsumerMember? member = Members.Find(request.MemberId);
            return member is not null
                ? (member, null)
                : (null, new Refusal(ErrorCode.UnknownMemberId, $"Member {request.MemberId} is not a member of group {group.Id}."));
        }

        ConsumerMember? holder = Members.FindInstance(request.InstanceId);
        return holder is null ? (null, new Refusal(ErrorCode.UnknownMemberId, $"Instance {request.InstanceId} is not a member of group {group.Id}."))
            : holder.Id == request.MemberId ? (holder, null)
            : (null, new Refusal(ErrorCode.FencedInstanceId, $"Instance {request.InstanceId} is member {holder.Id}, not {request.MemberId}. Two consumers must not have the same group.instance.id."));
    }

    /// <summary>
    /// The member must say the epoch that it was told last. The one before is also good if it owns no more than it should: the answer that told it of the new one may have been lost.
    /// </summary>
    private static Refusal? CheckEpoch(ConsumerMember member, int epoch, PartitionSet? owned)
    {
        MemberPosition position = member.Position;
        bool isKnown = epoch == position.Epoch
            || (epoch < position.Epoch && epoch == position.PreviousEpoch && owned is not null && owned.IsSubsetOf(position.Assigned));
        return isKnown ? null : new Refusal(
            ErrorCode.FencedMemberEpoch,
            $"Member {member.Id} says it is at epoch {epoch}, but it is at {position.Epoch}. It must give up all partitions and join again.");
    }

    private static MemberProfile Updated(MemberProfile profile, ConsumerGroupHeartbeatRequest request, GroupClient client) => profile with
    {
        InstanceId = request.InstanceId ?? profile.InstanceId,
        RackId = request.RackId ?? profile.RackId,
        ClientId = client.ClientId,
        ClientHost = client.ClientHost,
        RebalanceTimeout = request.RebalanceTimeoutMs < 0 ? profile.RebalanceTimeout : TimeSpan.FromMilliseconds(request.RebalanceTimeoutMs),
        Subscription = request.SubscribedTopicNames is null && request.SubscribedTopicRegex is null ? profile.Subscription : TopicSubscription.To(
            request.SubscribedTopicNames ?? profile.Subscription.Names,
            request.SubscribedTopicRegex is null ? profile.Subscription.Pattern : request.SubscribedTopicRegex.Length == 0 ? null : request.SubscribedTopicRegex),
        ServerAssignor = request.ServerAssignor ?? profile.ServerAssignor,
        Classic = null,
    };

    private static PartitionSet? OwnedBy(ConsumerGroupHeartbeatRequest request) => request.Partitions is null
        ? null
        : PartitionSet.Of(request.Partitions.Select(topic => new AssignedTopic(new TopicId(topic.TopicId), topic.Partitions)));

    private static ConsumerGroupHeartbeatResponse.MemberAssignment ToMessage(PartitionSet partitions) => new()
    {
        TopicPartitions = [.. partitions.Topics.ToArray().Select(topic => new ConsumerGroupHeartbeatResponse.TopicPartitions
        {
            TopicId = topic.Topic.Value,
            Partitions = topic.Indexes,
        })],
    };
}
