using System.Collections;
using System.Globalization;
using System.Text;
using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// An immutable set of partitions: what a member owns, gives up or is to own. Kept by topic, topics in order of id, indexes ascending, so
/// that equal sets have equal bytes and a topic of a thousand partitions costs 4 KB. Any thread.
/// </summary>
public sealed class PartitionSet : IEquatable<PartitionSet>, IEnumerable<PartitionId>
{
    /// <summary>No partition.</summary>
    public static readonly PartitionSet Empty = new([]);

    private readonly AssignedTopic[] _topics;

    private PartitionSet(AssignedTopic[] topics)
    {
        _topics = topics;
        foreach (AssignedTopic topic in topics)
        {
            Count += topic.Indexes.Length;
        }
    }

    /// <summary>How many partitions.</summary>
    public int Count { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _topics.Length == 0;

    /// <summary>The topics with at least one partition in the set, in order of id.</summary>
    public ReadOnlySpan<AssignedTopic> Topics => _topics;

    /// <summary>The set of what <paramref name="partitions"/> holds, in any order; what is named twice counts once.</summary>
    public static PartitionSet Of(IEnumerable<PartitionId> partitions)
    {
        var topics = new Dictionary<TopicId, List<int>>();
        foreach (PartitionId partition in partitions)
        {
            if (!topics.TryGetValue(partition.Topic, out List<int>? indexes))
            {
                topics.Add(partition.Topic, indexes = []);
            }

            indexes.Add(partition.Index);
        }

        return Of(topics.Select(topic => new AssignedTopic(topic.Key, [.. topic.Value])));
    }

    /// <summary>The set of what <paramref name="topics"/> hold. Topics and indexes may come in any order, and twice.</summary>
    public static PartitionSet Of(IEnumerable<AssignedTopic> topics)
    {
        AssignedTopic[] ordered =
        [
            .. topics.GroupBy(topic => topic.Topic)
                .Select(group => new AssignedTopic(group.Key, Ordered(group)))
                .Where(topic => topic.Indexes.Length > 0)
                .OrderBy(topic => topic.Topic.Value),
        ];
        return ordered.Length == 0 ? Empty : new PartitionSet(ordered);
    }

    /// <summary>Whether <paramref name="partition"/> is in the set.</summary>
    public bool Contains(PartitionId partition) => Array.BinarySearch(IndexesOf(partition.Topic), partition.Index) >= 0;

    /// <summary>Whether all partitions of this set are in <paramref name="other"/>.</summary>
    public bool IsSubsetOf(PartitionSet other) => Count <= other.Count && Except(other).IsEmpty;

    /// <summary>Whether some partition is in both.</summary>
    public bool Overlaps(PartitionSet other) => !Intersect(other).IsEmpty;

    /// <summary>What is in both.</summary>
    public PartitionSet Intersect(PartitionSet other) => Filter(other, isKept: true);

    /// <summary>What is in this set and not in <paramref name="other"/>.</summary>
    public PartitionSet Except(PartitionSet other) => other.IsEmpty ? this : Filter(other, isKept: false);

    /// <summary>What is in either.</summary>
    public PartitionSet Union(PartitionSet other) => other.IsEmpty ? this : IsEmpty ? other : Of(_topics.Concat(other._topics));

    public bool Equals(PartitionSet? other)
    {
        if (other is null || other.Count != Count || other._topics.Length != _topics.Length)
        {
            return false;
        }

        for (int i = 0; i < _topics.Length; i++)
        {
            if (_topics[i].Topic != other._topics[i].Topic || !_topics[i].Indexes.AsSpan().SequenceEqual(other._topics[i].Indexes))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as PartitionSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (PartitionId partition in this)
        {
            hash.Add(partition);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<PartitionId> GetEnumerator()
    {
        foreach (AssignedTopic topic in _topics)
        {
            foreach (int index in topic.Indexes)
            {
                yield return new PartitionId(topic.Topic, index);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString()
    {
        var text = new StringBuilder("{");
        foreach (AssignedTopic topic in _topics)
        {
            text.Append(text.Length == 1 ? "" : " ").Append(topic.Topic).Append(':').AppendJoin(',', topic.Indexes.Select(i => i.ToString(CultureInfo.InvariantCulture)));
        }

        return text.Append('}').ToString();
    }

    private static int[] Ordered(IEnumerable<AssignedTopic> parts)
    {
        int[] indexes = [.. parts.SelectMany(part => part.Indexes)];
        for (int i = 1; i < indexes.Length; i++)
        {
            if (indexes[i - 1] >= indexes[i])
            {
                return [.. indexes.Distinct().Order()];
            }
        }

        return indexes;
    }

    private int[] IndexesOf(TopicId topic)
    {
        int low = 0;
        int high = _topics.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = _topics[middle].Topic.Value.CompareTo(topic.Value);
            if (order == 0)
            {
                return _topics[middle].Indexes;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return [];
    }

    private PartitionSet Filter(PartitionSet other, bool isKept)
    {
        var kept = new List<AssignedTopic>(_topics.Length);
        foreach (AssignedTopic topic in _topics)
        {
            int[] others = other.IndexesOf(topic.Topic);
            int[] indexes = Array.FindAll(topic.Indexes, index => Array.BinarySearch(others, index) >= 0 == isKept);
            if (indexes.Length > 0)
            {
                kept.Add(new AssignedTopic(topic.Topic, indexes.Length == topic.Indexes.Length ? topic.Indexes : indexes));
            }
        }

        PartitionSet result = kept.Count == 0 ? Empty : new PartitionSet([.. kept]);
        return result.Count == Count ? this : result;
    }
}
