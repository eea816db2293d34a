using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>The catalogue's topics by name and by id. One thread changes it, any thread reads.</summary>
internal sealed class TopicTable
{
    private readonly ConcurrentDictionary<TopicId, Topic> _byId = new(concurrencyLevel: 1, capacity: 31);
    private readonly ConcurrentDictionary<string, Topic> _byName = new(concurrencyLevel: 1, capacity: 31, StringComparer.Ordinal);
    private int _partitionCount;

    /// <summary>Partitions of all topics.</summary>
    public int PartitionCount => Volatile.Read(ref _partitionCount);

    public IEnumerable<Topic> All => _byName.Select(static entry => entry.Value);

    public bool TryFind(string name, [NotNullWhen(true)] out Topic? topic) => _byName.TryGetValue(name, out topic);

    public bool TryFind(TopicId id, [NotNullWhen(true)] out Topic? topic) => _byId.TryGetValue(id, out topic);

    public bool Has(string name) => _byName.ContainsKey(name);

    public bool Has(TopicId id) => _byId.ContainsKey(id);

    /// <summary>The topic that an event of the log is about.</summary>
    public Topic Existing(Guid id)
    {
        _byId.TryGetValue(new TopicId(id), out Topic? topic);
        Invariant.Require(topic is not null, $"The log changes topic {id}, which does not exist.");
        return topic;
    }

    /// <summary>Takes in a topic, in place of what was there under its id.</summary>
    public void Put(Topic topic)
    {
        int before = _byId.TryGetValue(topic.Id, out Topic? old) ? old.PartitionCount : 0;
        _byId[topic.Id] = topic;
        _byName[topic.Name] = topic;
        Volatile.Write(ref _partitionCount, _partitionCount + topic.PartitionCount - before);
    }

    public void Remove(Topic topic)
    {
        _byName.TryRemove(topic.Name, out _);
        _byId.TryRemove(topic.Id, out _);
        Volatile.Write(ref _partitionCount, _partitionCount - topic.PartitionCount);
    }

    public void Clear()
    {
        _byId.Clear();
        _byName.Clear();
        Volatile.Write(ref _partitionCount, 0);
    }
}
