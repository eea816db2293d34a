using GrainStream.Protocol;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>
/// What a test has done to a broker, as far as it was told: against this a broker is checked that was started from what survived. Thread-safe.
/// </summary>
internal sealed class History
{
    private const int Keys = 24;

    // No divisor in common with the number of keys, so that every key has its turn.
    private const int TombstoneEach = 11;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Topic, int Partition), PartitionHistory> _partitions = [];
    private readonly Dictionary<string, TopicState> _topics = [];
    private CommitHistory _commits = new();
    private int _nextValue;
    private int _nextTopic;

    /// <summary>What may be found of a topic.</summary>
    public enum TopicState
    {
        /// <summary>Asked for; it may be there.</summary>
        Uncertain,

        Created,

        /// <summary>Deletion asked for; it may be there.</summary>
        BeingDeleted,

        Deleted,
    }

    public IReadOnlyList<(string Name, TopicState State)> Topics
    {
        get
        {
            lock (_lock)
            {
                return [.. _topics.Select(topic => (topic.Key, topic.Value))];
            }
        }
    }

    /// <summary>What has been committed to.</summary>
    public IReadOnlyList<(string Group, string Topic, int Partition)> CommitKeys
    {
        get
        {
            lock (_lock)
            {
                return [.. _commits.Keys];
            }
        }
    }

    /// <summary>Notes, or checks, what groups have committed.</summary>
    public void Change(Action<CommitHistory> change)
    {
        lock (_lock)
        {
            change(_commits);
        }
    }

    public void Note(string topic, TopicState state)
    {
        lock (_lock)
        {
            _topics[topic] = state;
        }
    }

    /// <summary>An id for a new topic: the same in each run, since ids decide in which order partitions are gone through.</summary>
    public TopicId NewTopicId()
    {
        lock (_lock)
        {
            return new TopicId(new Guid(++_nextTopic, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7));
        }
    }

    /// <summary>Records that are sent nowhere else.</summary>
    /// <param name="count">How many.</param>
    /// <param name="length">Characters of a value, filled up to that.</param>
    /// <param name="isKeyed">Whether they have keys, of which there are few, and some are tombstones.</param>
    public SentRecord[] NewRecords(int count, int length, bool isKeyed)
    {
        lock (_lock)
        {
            return [.. Enumerable.Range(0, count).Select(_ => NewRecord(length, isKeyed))];
        }
    }

    public PartitionHistory Of(string topic, int partition)
    {
        lock (_lock)
        {
            if (!_partitions.TryGetValue((topic, partition), out PartitionHistory? history))
            {
                _partitions.Add((topic, partition), history = new PartitionHistory());
            }

            return history;
        }
    }

    /// <summary>The same, as it is now: what had been told when the power went.</summary>
    public History Copy()
    {
        var copy = new History();
        lock (_lock)
        {
            (copy._nextValue, copy._nextTopic) = (_nextValue, _nextTopic);
            copy._commits = _commits.Copy();
            foreach ((string topic, TopicState state) in _topics)
            {
                copy._topics.Add(topic, state);
            }

            foreach (((string Topic, int Partition) key, PartitionHistory history) in _partitions)
            {
                copy._partitions.Add(key, history.Copy());
            }
        }

        return copy;
    }

    // Keys come in another order than they came before, and each has a tombstone now and then.
    private SentRecord NewRecord(int length, bool isKeyed)
    {
        int number = _nextValue++;
        bool isTombstone = isKeyed && number % TombstoneEach == 3;
        string? key = isKeyed ? $"key {number * 7 % Keys}" : null;
        return new SentRecord(key, isTombstone ? $"tombstone {number}" : $"value {number} ".PadRight(length, '.'), isTombstone);
    }
}
