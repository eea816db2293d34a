using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Topics;

namespace GrainStream.Runtime;

/// <summary>
/// A node's state while it is rebuilt from the journal: the topic catalogue, and every partition's log by its id. Which of those are of
/// topics that exist is known only when the journal has been replayed whole.
/// </summary>
internal sealed class JournalReplay : IJournalReplay
{
    private readonly Dictionary<PartitionId, PartitionReplay> _logs = [];
    private readonly CatalogReplay _events;
    private readonly Timestamp _startedAt;

    /// <param name="nodeId">This node's id.</param>
    /// <param name="settings">The server's settings.</param>
    /// <param name="startedAt">Counts as the time of everything that is replayed.</param>
    public JournalReplay(int nodeId, BrokerConfig settings, Timestamp startedAt)
    {
        Catalog = new TopicCatalog(nodeId, settings);
        _events = new CatalogReplay(Catalog);
        _startedAt = startedAt;
    }

    public TopicCatalog Catalog { get; }

    public long Frames { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The catalogue's own log.</summary>
    public PartitionReplay? CatalogLog => _logs.GetValueOrDefault(InternalTopics.CatalogPartition);

    void IJournalReplay.Replay(in FrameHeader frame, JournalPosition fileStart, ReadOnlySpan<byte> payload)
    {
        Frames++;
        Bytes += frame.TotalSize;
        if (!_logs.TryGetValue(frame.Partition, out PartitionReplay? log))
        {
            _logs.Add(frame.Partition, log = new PartitionReplay(frame.Partition));
        }

        log.Replay(frame, fileStart, payload, _startedAt);
        if (frame.Kind == FrameKind.Batch && frame.Partition == InternalTopics.CatalogPartition)
        {
            _events.Replay(frame, payload);
        }
    }

    /// <summary>What was rebuilt of a live partition; null if the journal has nothing of it.</summary>
    /// <exception cref="CorruptDataException">It has frames, but what they build on is missing.</exception>
    public PartitionReplay? LogOf(PartitionId id, string topicName)
    {
        PartitionReplay? log = _logs.GetValueOrDefault(id);
        log?.RequireAnchor(topicName);
        return log;
    }

    /// <summary>Makes sure that every frame belongs to a topic or a group that exists or has existed.</summary>
    /// <exception cref="CorruptDataException">There are frames of a topic that neither was created nor deleted.</exception>
    public void RequireKnownTopics()
    {
        foreach (PartitionId id in _logs.Keys)
        {
            // A batch may be appended while its topic is being deleted and so lie behind the deletion. Where the journal no longer reaches
            // back to the first event, the deletion itself may be gone.
            if (!IsKnown(id) && !_events.Deleted.Contains(id.Topic) && _events.IsComplete)
            {
                throw new CorruptDataException(
                    $"The journal holds frames of partition {id}, which was never created. A journal file from before may be missing: restore it.");
            }
        }
    }

    private bool IsKnown(PartitionId id)
    {
        if (Catalog.TryFind(id.Topic, out Topic? topic))
        {
            return id.Index < topic.PartitionCount;
        }

        return id == InternalTopics.CatalogPartition || (Catalog.Groups.TryFind(id.Topic, out RegisteredGroup? group) && id == group.Log);
    }
}
