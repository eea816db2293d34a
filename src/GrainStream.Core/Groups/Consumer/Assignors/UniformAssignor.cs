using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer.Assignors;

/// <summary>
/// Shares partitions out evenly and moves as few as it can. Where all members subscribe to the same topics, no member has two partitions more than
/// another; where they do not, no chain of hand-overs could make it more even.
/// <list type="number">
/// <item>Everybody keeps what they have and still subscribe to.</item>
/// <item>What nobody has goes to the member with least, topics with fewest subscribers first.</item>
/// <item>While somebody has two more than a member whom a partition of theirs could reach, directly or by others passing one on, one moves there.</item>
/// </list>
/// Topics with the same subscribers are one <see cref="TopicClass"/>: what may move where depends on the class alone, so that the search costs
/// members, not partitions.
/// </summary>
public static class UniformAssignor
{
    /// <inheritdoc cref="Assignor"/>
    public static Dictionary<string, PartitionSet> Assign(IReadOnlyList<AssignorMember> members, IReadOnlyDictionary<TopicId, int> partitionCounts)
    {
        AssignorMember[] ordered = [.. members.OrderBy(member => member.MemberId, StringComparer.Ordinal)];
        TopicClass[] classes = TopicClass.Of(ordered);
        var classOf = new Dictionary<TopicId, TopicClass>();
        foreach (TopicClass topicClass in classes)
        {
            foreach (TopicId topic in topicClass.Topics)
            {
                classOf.Add(topic, topicClass);
            }
        }

        Holdings[] holdings = [.. ordered.Select(_ => new Holdings())];
        HashSet<PartitionId> taken = Keep(ordered, holdings, classOf, partitionCounts);
        foreach (TopicClass topicClass in classes.OrderBy(topicClass => topicClass.Subscribers.Length))
        {
            GiveOut(topicClass, holdings, taken, partitionCounts);
        }

        new Leveller(holdings, classes).Run();
        var result = new Dictionary<string, PartitionSet>(ordered.Length, StringComparer.Ordinal);
        for (int i = 0; i < ordered.Length; i++)
        {
            PartitionSet now = holdings[i].ToSet();
            result.Add(ordered[i].MemberId, now.Equals(ordered[i].Current) ? ordered[i].Current : now);
        }

        return result;
    }

    private static HashSet<PartitionId> Keep(
        AssignorMember[] members,
        Holdings[] holdings,
        Dictionary<TopicId, TopicClass> classOf,
        IReadOnlyDictionary<TopicId, int> partitionCounts)
    {
        var taken = new HashSet<PartitionId>();
        for (int i = 0; i < members.Length; i++)
        {
            foreach (AssignedTopic topic in members[i].Current.Topics)
            {
                if (!classOf.TryGetValue(topic.Topic, out TopicClass? topicClass) || Array.BinarySearch(topicClass.Subscribers, i) < 0)
                {
                    continue;
                }

                int count = partitionCounts[topic.Topic];
                foreach (int index in topic.Indexes)
                {
                    var partition = new PartitionId(topic.Topic, index);
                    if (index < count && taken.Add(partition))
                    {
                        holdings[i].Add(topicClass, partition);
                    }
                }
            }
        }

        return taken;
    }

    private static void GiveOut(
        TopicClass topicClass, Holdings[] holdings, HashSet<PartitionId> taken, IReadOnlyDictionary<TopicId, int> partitionCounts)
    {
        var least = new PriorityQueue<int, (int Held, int Member)>(
            topicClass.Subscribers.Select(member => (member, (holdings[member].Count, member))));
        foreach (TopicId topic in topicClass.Topics)
        {
            int count = partitionCounts[topic];
            for (int index = 0; index < count; index++)
            {
                var partition = new PartitionId(topic, index);
                if (!taken.Contains(partition))
                {
                    int member = least.Dequeue();
                    holdings[member].Add(topicClass, partition);
                    least.Enqueue(member, (holdings[member].Count, member));
                }
            }
        }
    }
}
