using System.Globalization;
using GrainStream.Core.Groups.Consumer.Assignors;
using GrainStream.Core.Groups.Events;
using GrainStream.Core.Topics;
using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// When a group needs a new target assignment, what it is, and the story of it. Changes are gathered: whoever's heartbeat comes first after them pays for one
/// assignment, not one for each change.
/// </summary>
internal sealed class Assigning(string groupId, ConsumerMembers members)
{
    // More would make the line too long to read.
    private const int MaxReasonsTold = 5;

    // Soft state, for people: what has changed since the last target. Not known any more after a restart.
    private readonly List<string> _reasons = [];
    private readonly List<ConsumerMember> _gone = [];

    /// <summary>Until when members are asked for more frequent heartbeats, on the step's clock: more changes are likely to follow one.</summary>
    public TimeSpan LivelyUntil { get; private set; } = TimeSpan.MinValue;

    public void Clear()
    {
        _reasons.Clear();
        _gone.Clear();
    }

    /// <summary>Adds to the story of the next assignment.</summary>
    public void Tell(string reason) => _reasons.Add(reason);

    /// <summary>Makes a new epoch of the group.</summary>
    /// <param name="step">The step.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="gone">The member that is no more, if that is why.</param>
    public void Bump(GroupStep step, string reason, ConsumerMember? gone = null)
    {
        // Who waits for the others' partitions should not wait long: clients beat in seconds, work moves in milliseconds.
        LivelyUntil = step.Clock + SettlingPolicy.LivelyFor;
        _reasons.Add(reason);
        if (gone is not null)
        {
            _gone.Add(gone);
        }

        step.Emit(new ConsumerGroupEpochBumped
        {
            GroupEpoch = members.GroupEpoch + 1,
            AtMs = step.Now.UnixMs,
            TopicsDigest = new SubscribedTopics(step.Topics, members.All).Digest(),
        });
        if (members.Count == 0)
        {
            Report(step, []);
        }
    }

    /// <summary>Makes a new epoch if the topics that the members subscribe to are not the ones they were.</summary>
    public void BumpIfTopicsChanged(GroupStep step)
    {
        if (members.Count > 0 && new SubscribedTopics(step.Topics, members.All).Digest() != members.TopicsDigest)
        {
            Bump(step, "topics changed");
        }
    }

    /// <summary>Makes the target assignment of the present epoch, if there is none.</summary>
    public void AssignIfDue(GroupStep step)
    {
        if (members.GroupEpoch <= members.AssignmentEpoch || members.Count == 0)
        {
            return;
        }

        var topics = new SubscribedTopics(step.Topics, members.All);
        AssignorMember[] input = [.. members.All.Select(member => new AssignorMember(member.Id, member.Profile.InstanceId, topics.Of(member), member.Target))];
        Dictionary<string, PartitionSet> targets = Choose(step.Config).Assign(input, topics.PartitionCounts);
        List<MemberMove> moves = [];
        var changed = new List<(string, PartitionSet)>();
        foreach (ConsumerMember member in members.All)
        {
            PartitionSet target = targets[member.Id];
            if (!target.Equals(member.Target))
            {
                changed.Add((member.Id, target));
                moves.Add(Move(step.Topics, member, target));
            }
        }

        step.Emit(ConsumerMembers.TargetEvent(members.GroupEpoch, changed));
        Report(step, moves);
    }

    /// <summary>The assignor that most members ask for, of equals the first by name; if nobody asks, the first of group.consumer.assignors.</summary>
    public Assignor Choose(GroupConfig config)
    {
        string? wanted = members.All.Select(member => member.Profile.ServerAssignor)
            .OfType<string>()
            .Where(name => config.ConsumerAssignors.Contains(name))
            .GroupBy(name => name, StringComparer.Ordinal)
            .OrderByDescending(votes => votes.Count())
            .ThenBy(votes => votes.Key, StringComparer.Ordinal)
            .FirstOrDefault()?.Key;
        return Assignor.TryFind(wanted ?? (config.ConsumerAssignors.Count > 0 ? config.ConsumerAssignors[0] : Assignor.Uniform.Name), out Assignor? assignor) ? assignor : Assignor.Uniform;
    }

    private static MemberMove Move(TopicCatalog topics, ConsumerMember member, PartitionSet target) => new(
        member.Id, member.Profile.ClientId, member.Profile.ClientHost, Names(topics, target.Except(member.Target)), Names(topics, member.Target.Except(target)));

    private static PartitionName[] Names(TopicCatalog topics, PartitionSet partitions) =>
    [
        .. partitions.Select(partition => new PartitionName(topics.TryFind(partition.Topic, out Topic? topic) ? topic.Name : partition.Topic.ToString(), partition.Index))
            .OrderBy(name => name.Topic, StringComparer.Ordinal)
            .ThenBy(name => name.Index),
    ];

    private void Report(GroupStep step, List<MemberMove> moves)
    {
        moves.AddRange(_gone.Where(member => !member.Target.IsEmpty).Select(member => Move(step.Topics, member, PartitionSet.Empty)));
        step.Report(new Rebalance(groupId, GroupType.Consumer, members.GroupEpoch, Story(), members.Count, moves));
        Clear();
    }

    private string Story()
    {
        string[] reasons = _reasons.Count == 0 ? ["members or topics changed before a restart"] : [.. _reasons.Distinct(StringComparer.Ordinal)];
        string rest = reasons.Length > MaxReasonsTold ? string.Create(CultureInfo.InvariantCulture, $"; and {reasons.Length - MaxReasonsTold} more") : "";
        return string.Join("; ", reasons.Take(MaxReasonsTold)) + rest;
    }
}
