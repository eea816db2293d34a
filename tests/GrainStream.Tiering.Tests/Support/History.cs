using GrainStream.Protocol;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>
/// What a test has done to a broker, as far as it was told: against this a broker is checked that was started from what survived. Thread-safe.
/// </summary>
internal sealed class History
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Topic, int Partition), PartitionHistory> _partitions = [];
    private readonly Dictionary<string, TopicState> _topics = [];
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

    /// <summary>Values that are sent nowhere else.</summary>
    public string[] NewValues(int count, int length)
    {
        lock (_lock)
        {
            return [.. Enumerable.Range(0, count).Select(_ => $"value {_nextValue++} ".PadRight(length, '.'))];
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

    /// <summary>One partition.</summary>
    internal sealed class PartitionHistory
    {
        private readonly Lock _lock = new();
        private readonly SortedDictionary<long, string> _acknowledged = [];
        private readonly HashSet<string> _sent = [];

        /// <summary>Records below this may have been removed: a deletion or retention was asked for or possible.</summary>
        public long MayStartAt { get; private set; }

        /// <summary>Records below this must be gone: a deletion was acknowledged.</summary>
        public long MustStartAt { get; private set; }

        public void Sent(IEnumerable<string> values)
        {
            lock (_lock)
            {
                _sent.UnionWith(values);
            }
        }

        public void Acknowledged(long baseOffset, IReadOnlyList<string> values)
        {
            lock (_lock)
            {
                for (int i = 0; i < values.Count; i++)
                {
                    _acknowledged.Add(baseOffset + i, values[i]);
                }
            }
        }

        public void MayDeleteBefore(long offset)
        {
            lock (_lock)
            {
                MayStartAt = Math.Max(MayStartAt, offset);
            }
        }

        public void MustDeleteBefore(long offset)
        {
            lock (_lock)
            {
                MustStartAt = Math.Max(MustStartAt, offset);
            }
        }

        /// <summary>Checks what a reader got from the log start on.</summary>
        public void Check(long logStart, long highWatermark, IReadOnlyList<(long Offset, string Value)> read)
        {
            lock (_lock)
            {
                Assert.InRange(logStart, MustStartAt, MayStartAt);
                long next = logStart;
                foreach ((long offset, string value) in read)
                {
                    Assert.True(offset == next, $"after offset {next - 1} came {offset}");
                    Assert.True(_sent.Contains(value), $"offset {offset} holds a value that was never sent: {value}");
                    Assert.True(
                        !_acknowledged.TryGetValue(offset, out string? acknowledged) || acknowledged == value,
                        $"offset {offset} holds {value}, but {acknowledged} was acknowledged there");
                    next++;
                }

                Assert.Equal(highWatermark, next);
                Assert.True(
                    _acknowledged.Count == 0 || _acknowledged.Keys.Last() < highWatermark,
                    $"records up to {_acknowledged.Keys.LastOrDefault()} were acknowledged, but the log ends at {highWatermark}");
            }
        }

        public PartitionHistory Copy()
        {
            lock (_lock)
            {
                var copy = new PartitionHistory { MayStartAt = MayStartAt, MustStartAt = MustStartAt };
                copy._sent.UnionWith(_sent);
                foreach ((long offset, string value) in _acknowledged)
                {
                    copy._acknowledged.Add(offset, value);
                }

                return copy;
            }
        }
    }
}
