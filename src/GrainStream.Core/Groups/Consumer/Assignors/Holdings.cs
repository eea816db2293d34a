using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer.Assignors;

/// <summary>What one member has while the assignor works.</summary>
internal sealed class Holdings
{
    private readonly SortedDictionary<int, Dictionary<TopicId, List<int>>> _classes = [];

    /// <summary>How many partitions.</summary>
    public int Count { get; private set; }

    /// <summary>Numbers of the classes of which it has a partition, ascending.</summary>
    public IEnumerable<int> Classes => _classes.Keys;

    public void Add(TopicClass topicClass, PartitionId partition) => Add(topicClass.Number, partition);

    /// <summary>
    /// Hands one partition of a class over: of the topic in which the two differ most, so that every topic, whatever its traffic, spreads over the members.
    /// </summary>
    public void PassTo(Holdings other, int topicClass)
    {
        Dictionary<TopicId, List<int>> own = _classes[topicClass];
        Dictionary<TopicId, List<int>>? others = other._classes.GetValueOrDefault(topicClass);
        TopicId chosen = TopicId.None;
        int most = int.MinValue;
        foreach ((TopicId topic, List<int> indexes) in own)
        {
            int difference = indexes.Count - (others?.GetValueOrDefault(topic)?.Count ?? 0);
            if (difference > most || (difference == most && topic.Value.CompareTo(chosen.Value) < 0))
            {
                (chosen, most) = (topic, difference);
            }
        }

        List<int> given = own[chosen];
        other.Add(topicClass, new PartitionId(chosen, given[^1]));
        given.RemoveAt(given.Count - 1);
        Count--;
        if (given.Count == 0 && own.Remove(chosen) && own.Count == 0)
        {
            _classes.Remove(topicClass);
        }
    }

    public PartitionSet ToSet() => PartitionSet.Of(
        _classes.Values.SelectMany(topics => topics).Select(topic => new AssignedTopic(topic.Key, [.. topic.Value.Order()])));

    private void Add(int topicClass, PartitionId partition)
    {
        if (!_classes.TryGetValue(topicClass, out Dictionary<TopicId, List<int>>? topics))
        {
            _classes.Add(topicClass, topics = []);
        }

        if (!topics.TryGetValue(partition.Topic, out List<int>? indexes))
        {
            topics.Add(partition.Topic, indexes = []);
        }

        indexes.Add(partition.Index);
        Count++;
    }
}
