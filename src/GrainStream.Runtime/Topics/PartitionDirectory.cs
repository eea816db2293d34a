using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;

namespace GrainStream.Runtime.Topics;

/// <summary>The partitions this node serves, by topic name and id. Found by any thread; changed by the catalogue's loop only.</summary>
internal sealed class PartitionDirectory(PartitionServices services)
{
    private readonly ConcurrentDictionary<string, HostedTopic> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TopicId, HostedTopic> _byId = new();
    private int _count;

    /// <summary>Partitions of all topics.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>All topics with their partitions.</summary>
    public IEnumerable<HostedTopic> Topics => _byId.Select(static entry => entry.Value);

    public IEnumerable<Partition> All => _byId.SelectMany(static entry => entry.Value.Partitions);

    public ErrorCode Find(string topic, int index, out Partition? partition)
    {
        partition = null;
        return _byName.TryGetValue(topic, out HostedTopic? hosted) && TryGet(hosted, index, out partition)
            ? ErrorCode.None
            : ErrorCode.UnknownTopicOrPartition;
    }

    public ErrorCode Find(TopicId topic, int index, out Partition? partition)
    {
        partition = null;
        if (!_byId.TryGetValue(topic, out HostedTopic? hosted))
        {
            return ErrorCode.UnknownTopicId;
        }

        return TryGet(hosted, index, out partition) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
    }

    /// <summary>Takes in a topic that is new or has changed; new partitions begin to serve.</summary>
    /// <param name="topic">As it is now.</param>
    /// <param name="replay">What the journal had of its partitions; null for a running node.</param>
    public void Put(Topic topic, JournalReplay? replay = null)
    {
        Partition[] before = _byId.TryGetValue(topic.Id, out HostedTopic? hosted) ? hosted.Partitions : [];
        foreach (Partition partition in before)
        {
            partition.Rules = topic.Config.Rules;
        }

        Partition[] partitions = before;
        if (topic.PartitionCount > before.Length)
        {
            partitions = new Partition[topic.PartitionCount];
            before.CopyTo(partitions, 0);
            for (int index = before.Length; index < partitions.Length; index++)
            {
                var id = new PartitionId(topic.Id, index);
                partitions[index] = new Partition(id, topic.Name, topic.Config.Rules, services, replay?.LogOf(id, topic.Name));
                partitions[index].BeginServing(Broker.FirstEpoch);
            }
        }

        var current = new HostedTopic(topic, partitions);
        _byId[topic.Id] = current;
        _byName[topic.Name] = current;
        Volatile.Write(ref _count, _count + partitions.Length - before.Length);
    }

    /// <summary>Lets go of a deleted topic; its partitions answer as unknown from here on.</summary>
    public void Remove(TopicId topic)
    {
        if (!_byId.TryRemove(topic, out HostedTopic? hosted))
        {
            return;
        }

        _byName.TryRemove(new KeyValuePair<string, HostedTopic>(hosted.Topic.Name, hosted));
        Volatile.Write(ref _count, _count - hosted.Partitions.Length);
        foreach (Partition partition in hosted.Partitions)
        {
            partition.Post(new StopInput(PartitionStatus.Deleted));
        }
    }

    private static bool TryGet(HostedTopic topic, int index, [NotNullWhen(true)] out Partition? partition)
    {
        partition = (uint)index < (uint)topic.Partitions.Length ? topic.Partitions[index] : null;
        return partition is not null;
    }
}
