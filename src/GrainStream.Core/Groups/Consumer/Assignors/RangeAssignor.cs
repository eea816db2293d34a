using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer.Assignors;

/// <summary>
/// Gives each member a contiguous range of every topic that it subscribes to, in a fixed order of members: static ones first, in order of their
/// instance ids, so that a restart moves nothing; then dynamic ones in order of their member ids. The first ranges are one longer where a
/// topic does not divide evenly.
/// <para>
/// Topics with the same partition count and the same subscribers are shared out alike (co-partitioned): partition 3 of both goes to one member,
/// which is what joins of two topics need. It is not sticky: a member that comes or goes shifts the ranges.
/// </para>
/// </summary>
public static class RangeAssignor
{
    /// <inheritdoc cref="Assignor"/>
    public static Dictionary<string, PartitionSet> Assign(IReadOnlyList<AssignorMember> members, IReadOnlyDictionary<TopicId, int> partitionCounts)
    {
        AssignorMember[] ordered = [.. members];
        Array.Sort(ordered, Compare);
        var subscribers = new Dictionary<TopicId, int>();
        foreach (AssignorMember member in ordered)
        {
            foreach (TopicId topic in member.Topics)
            {
                subscribers[topic] = subscribers.GetValueOrDefault(topic) + 1;
            }
        }

        var served = new Dictionary<TopicId, int>(subscribers.Count);
        var result = new Dictionary<string, PartitionSet>(ordered.Length, StringComparer.Ordinal);
        foreach (AssignorMember member in ordered)
        {
            var topics = new List<AssignedTopic>(member.Topics.Count);
            foreach (TopicId topic in member.Topics)
            {
                int place = served.GetValueOrDefault(topic);
                served[topic] = place + 1;
                topics.Add(new AssignedTopic(topic, RangeOf(place, subscribers[topic], partitionCounts[topic])));
            }

            result.Add(member.MemberId, PartitionSet.Of(topics));
        }

        return result;
    }

    private static int[] RangeOf(int place, int members, int partitions)
    {
        int shortest = partitions / members;
        int longer = partitions % members;
        int start = (place * shortest) + Math.Min(place, longer);
        int[] indexes = new int[shortest + (place < longer ? 1 : 0)];
        for (int i = 0; i < indexes.Length; i++)
        {
            indexes[i] = start + i;
        }

        return indexes;
    }

    private static int Compare(AssignorMember left, AssignorMember right) => (left.InstanceId, right.InstanceId) switch
    {
        (not null, not null) => string.CompareOrdinal(left.InstanceId, right.InstanceId),
        (not null, null) => -1,
        (null, not null) => 1,
        _ => string.CompareOrdinal(left.MemberId, right.MemberId),
    };
}
