using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// All that is durable of a consumer group: its members, who owns what, and the epochs. Only events change it.
/// <para>It also keeps the rule that a partition has at most one owner: an event that would break it cannot be applied.</para>
/// </summary>
internal sealed class ConsumerMembers(string groupId)
{
    private readonly SortedDictionary<string, ConsumerMember> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConsumerMember> _byInstance = new(StringComparer.Ordinal);
    private readonly Dictionary<PartitionId, ConsumerMember> _owners = [];

    public int Count => _byId.Count;

    /// <summary>In order of id.</summary>
    public IReadOnlyCollection<ConsumerMember> All => _byId.Values;

    /// <summary>Members that speak the classic protocol.</summary>
    public int ClassicCount { get; private set; }

    /// <summary>Grows with every change of members, subscriptions or topics.</summary>
    public int GroupEpoch { get; private set; }

    /// <summary>The group epoch that the target assignment is for.</summary>
    public int AssignmentEpoch { get; private set; }

    /// <summary>See <see cref="ConsumerGroupEpochBumped.TopicsDigest"/>.</summary>
    public long TopicsDigest { get; private set; }

    /// <summary>When the group epoch last grew.</summary>
    public Timestamp ChangedAt { get; private set; } = Timestamp.None;

    public ConsumerMember? Find(string memberId) => _byId.GetValueOrDefault(memberId);

    public ConsumerMember? FindInstance(string instanceId) => _byInstance.GetValueOrDefault(instanceId);

    /// <summary>Who has the partition, or may still have it; null if it is free.</summary>
    public ConsumerMember? OwnerOf(PartitionId partition) => _owners.GetValueOrDefault(partition);

    public void Clear()
    {
        _byId.Clear();
        _byInstance.Clear();
        _owners.Clear();
        (ClassicCount, GroupEpoch, AssignmentEpoch, TopicsDigest, ChangedAt) = (0, 0, 0, 0, Timestamp.None);
    }

    public void Apply(IConsumerProtocolEvent consumerEvent)
    {
        switch (consumerEvent)
        {
            case ConsumerMemberChanged changed:
                Change(changed);
                break;
            case ConsumerMemberRemoved removed:
                Remove(Existing(removed.MemberId));
                break;
            case ConsumerMemberReplaced replaced:
                Replace(Existing(replaced.OldMemberId), replaced.NewMemberId);
                break;
            case ConsumerGroupEpochBumped bumped:
                Invariant.Require(bumped.GroupEpoch >= GroupEpoch, $"Group {groupId} goes back from epoch {GroupEpoch} to {bumped.GroupEpoch}.");
                (GroupEpoch, TopicsDigest, ChangedAt) = (bumped.GroupEpoch, bumped.TopicsDigest, new Timestamp(bumped.AtMs));
                break;
            case ConsumerTargetAssigned assigned:
                Invariant.Require(
                    assigned.AssignmentEpoch <= GroupEpoch, $"Group {groupId} has an assignment for epoch {assigned.AssignmentEpoch}, but is at {GroupEpoch}.");
                AssignmentEpoch = assigned.AssignmentEpoch;
                foreach (ConsumerTargetAssigned.MemberTarget target in assigned.Members)
                {
                    Existing(target.MemberId).Target = PartitionSet.Of(
                        target.Topics.Select(topic => new AssignedTopic(new TopicId(topic.TopicId), topic.Partitions)));
                }

                break;
            case ConsumerMemberReconciled reconciled:
                Move(Existing(reconciled.MemberId), MemberPosition.From(reconciled));
                break;
            default:
                throw new InvariantViolationException($"{consumerEvent.GetType()} is no event of the consumer protocol.");
        }
    }

    /// <summary>Events that rebuild all this; the same state gives the same events.</summary>
    public void AddSnapshot(List<IGroupEvent> events)
    {
        events.Add(new ConsumerGroupEpochBumped { GroupEpoch = GroupEpoch, AtMs = ChangedAt.UnixMs, TopicsDigest = TopicsDigest });
        events.AddRange(All.Select(member => member.Profile.ToEvent(member.Id)));
        events.Add(TargetEvent(AssignmentEpoch, All.Where(member => !member.Target.IsEmpty).Select(member => (member.Id, member.Target))));
        events.AddRange(All.Where(member => member.Position != MemberPosition.Joining).Select(member => member.Position.ToEvent(member.Id)));
    }

    /// <summary>The event that sets the targets of these members.</summary>
    public static ConsumerTargetAssigned TargetEvent(int assignmentEpoch, IEnumerable<(string MemberId, PartitionSet Target)> targets) => new()
    {
        AssignmentEpoch = assignmentEpoch,
        Members = [.. targets.Select(target => new ConsumerTargetAssigned.MemberTarget
        {
            MemberId = target.MemberId,
            Topics = [.. target.Target.Topics.ToArray().Select(topic => new ConsumerTargetAssigned.TopicPartitions { TopicId = topic.Topic.Value, Partitions = topic.Indexes })],
        })],
    };

    private ConsumerMember Existing(string memberId)
    {
        ConsumerMember? member = Find(memberId);
        Invariant.Require(member is not null, $"Group {groupId} has no member {memberId}.");
        return member;
    }

    private void Change(ConsumerMemberChanged changed)
    {
        ConsumerMember? member = Find(changed.MemberId);
        if (member is null)
        {
            _byId.Add(changed.MemberId, member = new ConsumerMember(changed.MemberId));
        }
        else
        {
            Unindex(member);
        }

        member.Profile = MemberProfile.From(changed);
        Index(member);
    }

    private void Remove(ConsumerMember member)
    {
        Release(member);
        Unindex(member);
        _byId.Remove(member.Id);
    }

    private void Replace(ConsumerMember old, string newId)
    {
        MemberPosition position = old.Position;
        Remove(old);
        var member = new ConsumerMember(newId) { Profile = old.Profile, Target = old.Target };
        Invariant.Require(_byId.TryAdd(newId, member), $"Member {newId} is in group {groupId} already.");
        Index(member);
        Move(member, position with { Epoch = 0, PreviousEpoch = 0, State = MemberState.Stable, PendingRevocation = PartitionSet.Empty });
    }

    private void Index(ConsumerMember member)
    {
        ClassicCount += member.IsClassic ? 1 : 0;
        if (member.Profile.InstanceId is { } instance)
        {
            Invariant.Require(_byInstance.TryAdd(instance, member), $"Static member {instance} is in group {groupId} already.");
        }
    }

    private void Unindex(ConsumerMember member)
    {
        ClassicCount -= member.IsClassic ? 1 : 0;
        if (member.Profile.InstanceId is { } instance)
        {
            _byInstance.Remove(instance);
        }
    }

    private void Move(ConsumerMember member, MemberPosition position)
    {
        Release(member);
        member.Position = position;
        foreach (PartitionId partition in position.Assigned.Concat(position.PendingRevocation))
        {
            Invariant.Require(
                _owners.TryAdd(partition, member) || ReferenceEquals(_owners[partition], member),
                $"Group {groupId} gives {partition} to {member.Id}, but {_owners[partition].Id} has it.");
        }
    }

    private void Release(ConsumerMember member)
    {
        foreach (PartitionId partition in member.Position.Assigned.Concat(member.Position.PendingRevocation))
        {
            _owners.Remove(partition);
        }
    }
}
