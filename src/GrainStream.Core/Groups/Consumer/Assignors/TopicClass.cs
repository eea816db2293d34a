using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer.Assignors;

/// <summary>Topics that the same members subscribe to.</summary>
/// <param name="number">Its place among the classes, from 0.</param>
/// <param name="subscribers">The members, by their place in the assignor's order, ascending.</param>
internal sealed class TopicClass(int number, int[] subscribers)
{
    public int Number => number;

    public int[] Subscribers => subscribers;

    /// <summary>The topics, in order of id.</summary>
    public List<TopicId> Topics { get; } = [];

    /// <summary>All classes, in order of their first topic's id; every topic that somebody subscribes to is in one.</summary>
    public static TopicClass[] Of(AssignorMember[] members)
    {
        // Most groups have one or two distinct subscriptions, however many members, and members often share the list itself.
        var groups = new Dictionary<IReadOnlyList<TopicId>, List<int>>(SubscriptionComparer.Instance);
        for (int i = 0; i < members.Length; i++)
        {
            if (!groups.TryGetValue(members[i].Topics, out List<int>? group))
            {
                groups.Add(members[i].Topics, group = []);
            }

            group.Add(i);
        }

        var groupsOfTopic = new SortedDictionary<Guid, List<int>>();
        int number = 0;
        foreach (IReadOnlyList<TopicId> topics in groups.Keys)
        {
            foreach (TopicId topic in topics)
            {
                if (!groupsOfTopic.TryGetValue(topic.Value, out List<int>? numbers))
                {
                    groupsOfTopic.Add(topic.Value, numbers = []);
                }

                numbers.Add(number);
            }

            number++;
        }

        List<int>[] memberLists = [.. groups.Values];
        var classes = new Dictionary<string, TopicClass>(StringComparer.Ordinal);
        foreach ((Guid topic, List<int> numbers) in groupsOfTopic)
        {
            string key = string.Join(',', numbers);
            if (!classes.TryGetValue(key, out TopicClass? topicClass))
            {
                topicClass = new TopicClass(classes.Count, [.. numbers.SelectMany(group => memberLists[group]).Order()]);
                classes.Add(key, topicClass);
            }

            topicClass.Topics.Add(new TopicId(topic));
        }

        return [.. classes.Values];
    }

    private sealed class SubscriptionComparer : IEqualityComparer<IReadOnlyList<TopicId>>
    {
        public static readonly SubscriptionComparer Instance = new();

        public bool Equals(IReadOnlyList<TopicId>? x, IReadOnlyList<TopicId>? y) =>
            ReferenceEquals(x, y) || (x is not null && y is not null && x.Count == y.Count && x.SequenceEqual(y));

        public int GetHashCode(IReadOnlyList<TopicId> topics) =>
            topics.Count == 0 ? 0 : HashCode.Combine(topics.Count, topics[0], topics[^1]);
    }
}
