using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Inspection;

/// <summary>
/// The state that a node would come up with, rebuilt from its journal's frames by the very code that a node uses, without a node: what contradicts itself here
/// would keep a node from starting.
/// </summary>
/// <param name="nodeId">The node whose journal it is.</param>
public sealed class ReplayedJournal(int nodeId)
{
    private readonly JournalReplay _replay = new(nodeId, BrokerConfig.Default, Timestamp.None);

    /// <summary>The next frame.</summary>
    /// <param name="frame">Its head.</param>
    /// <param name="fileStart">Where its journal file begins.</param>
    /// <param name="payload">Of a batch that is not the catalogue's, its head of 61 bytes will do.</param>
    /// <exception cref="CorruptDataException">It does not follow from those before it.</exception>
    public void Take(in FrameHeader frame, JournalPosition fileStart, ReadOnlySpan<byte> payload) =>
        ((IJournalReplay)_replay).Replay(frame, fileStart, payload);

    /// <summary>After the last frame: what the node keeps.</summary>
    /// <exception cref="CorruptDataException">Something that a partition builds on is missing.</exception>
    public ReplayedNode Finish()
    {
        _replay.RequireKnownTopics();
        List<ReplayedPartition> partitions = [StateOf(InternalTopics.CatalogPartition, InternalTopics.CatalogName)];
        foreach (Topic topic in _replay.Catalog.All)
        {
            for (int index = 0; index < topic.PartitionCount; index++)
            {
                partitions.Add(StateOf(new PartitionId(topic.Id, index), topic.Name));
            }
        }

        partitions.AddRange(_replay.Catalog.Groups.All.Select(group => StateOf(group.Log, group.LogName)));
        return new ReplayedNode(partitions, _replay.Catalog.Deleted.ToHashSet());
    }

    private ReplayedPartition StateOf(PartitionId id, string topic)
    {
        PartitionLog log = _replay.LogOf(id, topic)?.Log ?? new PartitionLog();
        return new ReplayedPartition(id, topic, log.LogStartOffset, log.TieredEnd, log.LogEndOffset);
    }
}
