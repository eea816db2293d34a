using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Protocol.Wire;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Topics;

/// <summary>
/// Runs the <see cref="TopicCatalog"/> on a partition of its own and keeps the node's partitions as it says: commands are decided on that
/// partition's loop, their events appended to its log, applied, and answered once they are on stable storage.
/// </summary>
public sealed class TopicService
{
    private readonly PartitionServices _services;
    private readonly PartitionDirectory _directory;
    private readonly Partition _partition;
    private readonly HashSet<TopicId> _deletedInReplay = [];
    private bool _isServing;

    internal TopicService(int nodeId, BrokerConfig settings, PartitionDirectory directory, PartitionServices services)
    {
        _services = services;
        _directory = directory;
        Catalog = new TopicCatalog(nodeId, settings);
        AppendRules rules = AppendRules.Default with { MaxMessageBytes = int.MaxValue };
        _partition = new Partition(InternalTopics.CatalogPartition, InternalTopics.CatalogName, new PartitionLog(), rules, services);
    }

    /// <summary>The topics there are. To be read by any thread, changed only through <see cref="ExecuteAsync"/>.</summary>
    public TopicCatalog Catalog { get; }

    /// <summary>Carries out one command: what <paramref name="decide"/> decides on the catalogue's loop.</summary>
    /// <param name="decide">Calls one of the catalogue's Decide methods; must do nothing else.</param>
    /// <param name="validateOnly">Only say what would happen.</param>
    public Task<CatalogOutcome> ExecuteAsync(Func<TopicCatalog, CatalogDecision> decide, bool validateOnly = false)
    {
        var input = new CatalogInput(this, decide, validateOnly);
        _partition.Post(input);
        return input.Completion;
    }

    /// <summary>Takes in a frame of the journal when the node starts.</summary>
    /// <exception cref="CorruptDataException">The frame belongs to no topic there ever was, or holds no event where there must be one.</exception>
    internal void Replay(in FrameHeader frame, JournalPosition fileStart, ReadOnlySpan<byte> payload)
    {
        if (frame.Partition == InternalTopics.CatalogPartition)
        {
            _partition.Replay(frame, fileStart, payload);
            ReplayEvents(frame, payload);
        }
        else if (_directory.Find(frame.Partition.Topic, frame.Partition.Index, out Partition? partition) == ErrorCode.None)
        {
            partition!.Replay(frame, fileStart, payload);
        }
        else if (!_deletedInReplay.Contains(frame.Partition.Topic))
        {
            // A batch may be appended while its topic is being deleted and so lie behind the deletion, but never before the creation.
            throw new CorruptDataException(
                $"The journal's frame at position {frame.Position} belongs to partition {frame.Partition}, which was never created. " +
                "A journal file from before may be missing: restore it.");
        }
    }

    /// <summary>The journal has been replayed whole.</summary>
    internal void BeginServing()
    {
        _isServing = true;
        _deletedInReplay.Clear();
        _partition.BeginServing(Broker.FirstEpoch);
        foreach (Partition partition in _directory.All)
        {
            partition.BeginServing(Broker.FirstEpoch);
        }
    }

    /// <summary>Appends a decision's event and applies it. On the catalogue's loop.</summary>
    internal ErrorCode Append(Partition partition, in CatalogDecision decision, Action<ErrorCode> release)
    {
        using var value = new KafkaWriter();
        CatalogEventCodec.Encode(decision.Event!, value);
        using var builder = new RecordBatchBuilder();
        builder.Append(_services.Now.UnixMs, NullableBytes.Null, value.WrittenSpan);
        var batch = new ReadOnlySequence<byte>(builder.Build());
        RecordBatchHeader.TryRead(batch, out RecordBatchHeader header);
        if (partition.AppendRecords(header, batch, release) != JournalAppendStatus.Appended)
        {
            return ErrorCode.KafkaStorageError;
        }

        Apply(decision.Event!);
        Report(decision);
        return ErrorCode.None;
    }

    private void ReplayEvents(in FrameHeader frame, ReadOnlySpan<byte> batch)
    {
        RecordBatchHeader.TryRead(batch, out RecordBatchHeader header);
        var reader = new RecordReader(header, batch[RecordBatchHeader.Size..]);
        while (reader.TryRead(out Record record))
        {
            if (!CatalogEventCodec.TryDecode(new ReadOnlySequence<byte>(record.Value.Bytes.ToArray()), out ICatalogEvent? found, out string? error))
            {
                throw new CorruptDataException($"The topic catalogue cannot be rebuilt from the journal's frame at position {frame.Position}: {error}");
            }

            Apply(found);
        }

        if (reader.IsMalformed)
        {
            throw new CorruptDataException(
                $"The topic catalogue cannot be rebuilt: the frame at position {frame.Position} does not hold the records its head announces.");
        }
    }

    private void Apply(ICatalogEvent happened)
    {
        Catalog.Apply(happened);
        switch (happened)
        {
            case TopicCreated created:
                Put(created.TopicId);
                break;
            case PartitionsAdded added:
                Put(added.TopicId);
                break;
            case TopicConfigsSet set:
                Put(set.TopicId);
                break;
            case TopicDeleted deleted:
                _directory.Remove(new TopicId(deleted.TopicId));
                if (!_isServing)
                {
                    _deletedInReplay.Add(new TopicId(deleted.TopicId));
                }

                break;
            case BrokerConfigsSet:
                foreach (Topic topic in Catalog.All)
                {
                    _directory.Put(topic, _isServing);
                }

                break;
        }
    }

    private void Put(Guid topicId)
    {
        Catalog.TryFind(new TopicId(topicId), out Topic? topic);
        _directory.Put(topic!, _isServing);
    }

    private void Report(in CatalogDecision decision)
    {
        switch (decision.Event)
        {
            case TopicCreated created:
                RuntimeLog.TopicCreated(_services.Logger, created.Name, created.Partitions, created.TopicId);
                break;
            case TopicDeleted deleted:
                RuntimeLog.TopicDeleted(_services.Logger, decision.Topic!.Name, deleted.TopicId);
                break;
            case PartitionsAdded added:
                RuntimeLog.PartitionsAdded(_services.Logger, decision.Topic!.Name, added.Partitions);
                break;
        }
    }
}
