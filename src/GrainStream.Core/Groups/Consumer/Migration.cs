using GrainStream.Core.Groups.Classic;
using GrainStream.Core.Groups.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// Changes a group's protocol while it has members (KIP-848, group.consumer.migration.policy). The first member of the consumer protocol makes a classic group of consumers a consumer
/// group, in which the classic ones go on as they are; when the last one of the consumer protocol goes, the group becomes classic again. A group without
/// members takes the protocol of whoever comes first, whatever the policy.
/// </summary>
internal sealed class Migration(Group group, ConsumerProtocol protocol)
{
    private ConsumerMembers Members => protocol.Members;

    /// <summary>Makes the classic group a consumer group; if it may not become one, says why.</summary>
    public Refusal? Upgrade(GroupStep step)
    {
        ClassicProtocol classic = group.Classic;
        if (classic.MemberCount == 0)
        {
            if (classic.HighestGeneration > 0)
            {
                // Epochs go on from the generations: who was a member once is not taken for one of now.
                step.Emit(new ConsumerGroupEpochBumped { GroupEpoch = classic.HighestGeneration, AtMs = step.Now.UnixMs });
            }

            return null;
        }

        if (step.Config.ConsumerMigrationPolicy is not (GroupMigrationPolicy.Upgrade or GroupMigrationPolicy.Bidirectional))
        {
            return Stays("group.consumer.migration.policy does not allow to make it one while it has members");
        }

        if (classic.ProtocolType != EmbeddedConsumerCodec.ProtocolType)
        {
            return Stays($"its members are of the type '{classic.ProtocolType}'");
        }

        if (classic.MemberCount >= step.Config.ConsumerMaxSize)
        {
            return Stays($"with {classic.MemberCount} members it has no room for one more (group.consumer.max.size)");
        }

        var converted = new List<(string Id, MemberProfile Profile, PartitionSet Assigned)>(classic.MemberCount);
        var taken = new HashSet<PartitionId>();
        foreach (ClassicMember member in classic.Members)
        {
            byte[]? metadata = member.MetadataFor(classic.ProtocolName) ?? member.Protocols[0].Metadata;
            if (!EmbeddedConsumerCodec.TryReadSubscription(metadata, out ConsumerProtocolSubscription? subscription)
                || !EmbeddedSets.TryReadAssignment(member.Assignment, step.Topics, out PartitionSet assigned))
            {
                return Stays($"what member {member.Story} says to its assignor cannot be read");
            }

            // A leader may give a partition to two members. Here it has one owner; the other learns that when it joins again.
            converted.Add((member.Id, ProfileOf(member, subscription), PartitionSet.Of(assigned.Where(taken.Add))));
        }

        Convert(step, classic, converted);
        return null;
    }

    /// <summary>Whether the group should become classic when the member goes.</summary>
    public bool CanDowngradeWithout(GroupStep step, ConsumerMember member) =>
        !member.IsClassic && Members.Count > 1 && Members.ClassicCount == Members.Count - 1 && Members.ClassicCount <= step.Config.MaxSize && MayDowngrade(step);

    /// <summary>Whether the group should become classic now.</summary>
    public bool CanDowngrade(GroupStep step) => Members.ClassicCount == Members.Count && Members.Count <= step.Config.MaxSize && MayDowngrade(step);

    /// <summary>Makes the group a classic one of the other members, which are told to join again.</summary>
    public void DowngradeWithout(GroupStep step, ConsumerMember member, string reason)
    {
        Downgrade(step, [.. Members.All.Where(other => !ReferenceEquals(other, member))]);
        group.Classic.PrepareRebalance(step, $"{reason}; the group is classic again");
    }

    /// <summary>Makes the group a classic one of the same members. Nothing has changed for them.</summary>
    public void Downgrade(GroupStep step) => Downgrade(step, [.. Members.All]);

    private static bool MayDowngrade(GroupStep step) =>
        step.Config.ConsumerMigrationPolicy is GroupMigrationPolicy.Downgrade or GroupMigrationPolicy.Bidirectional;

    private static MemberProfile ProfileOf(ClassicMember member, ConsumerProtocolSubscription subscription) => new()
    {
        InstanceId = member.InstanceId,
        RackId = subscription.RackId,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        RebalanceTimeout = member.RebalanceTimeout,
        Subscription = TopicSubscription.To(subscription.Topics, pattern: null),
        Classic = new ClassicSide(member.SessionTimeout, member.Protocols),
    };

    /// <summary>Each member votes for the first of its assignors that all have; most votes win, of equals the first by name.</summary>
    private static string SelectProtocol(ConsumerMember[] members) => members
        .Select(member => member.Profile.Classic!.Protocols.First(own => Array.TrueForAll(members, other => other.Profile.Classic!.Supports(own.Name))).Name)
        .GroupBy(name => name, StringComparer.Ordinal)
        .OrderByDescending(votes => votes.Count())
        .ThenBy(votes => votes.Key, StringComparer.Ordinal)
        .First().Key;

    private Refusal Stays(string reason) => new(ErrorCode.GroupIdNotFound, $"Group {group.Id} is not a consumer group, and {reason}.");

    private void Convert(GroupStep step, ClassicProtocol classic, List<(string Id, MemberProfile Profile, PartitionSet Assigned)> converted)
    {
        int generation = classic.Generation;
        int highest = classic.HighestGeneration;
        classic.AnswerAll(step, ErrorCode.RebalanceInProgress);
        foreach ((string id, MemberProfile profile, _) in converted)
        {
            step.Emit(profile.ToEvent(id));
        }

        step.Emit(new ConsumerGroupEpochBumped
        {
            GroupEpoch = highest,
            AtMs = step.Now.UnixMs,
            TopicsDigest = new SubscribedTopics(step.Topics, Members.All).Digest(),
        });
        step.Emit(ConsumerMembers.TargetEvent(generation, converted.Select(member => (member.Id, member.Assigned))));
        foreach ((string id, _, PartitionSet assigned) in converted)
        {
            step.Emit(new MemberPosition(generation, generation, MemberState.Stable, assigned, PartitionSet.Empty).ToEvent(id));
        }

        protocol.Sessions.Begin(step);
        protocol.Assigning.Tell("the group is a consumer group from here on");
    }

    private void Downgrade(GroupStep step, ConsumerMember[] staying)
    {
        string selected = SelectProtocol(staying);
        step.Emit(new ClassicGenerationFormed
        {
            Generation = Members.GroupEpoch,
            AtMs = step.Now.UnixMs,
            ProtocolType = EmbeddedConsumerCodec.ProtocolType,
            ProtocolName = selected,
            LeaderId = staying[0].Id,
            Members = [.. staying.Select(member => ToEvent(step, member, selected))],
        });
        group.Classic.Begin(step);
    }

    private static ClassicGenerationFormed.Member ToEvent(GroupStep step, ConsumerMember member, string selected)
    {
        MemberProfile profile = member.Profile;
        MemberProtocol[] protocols = profile.Classic!.Protocols;
        return new()
        {
            MemberId = member.Id,
            InstanceId = profile.InstanceId,
            ClientId = profile.ClientId,
            ClientHost = profile.ClientHost,
            SessionTimeoutMs = (int)profile.Classic.SessionTimeout.TotalMilliseconds,
            RebalanceTimeoutMs = (int)profile.RebalanceTimeout.TotalMilliseconds,
            Protocols = [.. protocols.Select(own => new ClassicGenerationFormed.MemberProtocol { Name = own.Name, Metadata = own.Metadata })],
            Assignment = EmbeddedSets.WriteAssignment(member.Position.Assigned, protocols.First(own => own.Name == selected).Metadata, step.Topics),
        };
    }
}
