using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Protocol.Wire;
using GrainStream.Runtime.Groups;
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
    private readonly GroupDirectory _groups;
    private readonly Partition _partition;

    /// <summary>The service of a node whose journal has been replayed; its partitions begin to serve.</summary>
    /// <exception cref="CorruptDataException">What the journal holds does not make up the catalogue or a partition.</exception>
    internal TopicService(JournalReplay replay, PartitionDirectory directory, GroupDirectory groups, PartitionServices services)
    {
        _services = services;
        _directory = directory;
        _groups = groups;
        Catalog = replay.Catalog;
        replay.RequireKnownTopics();
        AppendRules rules = AppendRules.Default with { MaxMessageBytes = int.MaxValue };
        _partition = new Partition(
            InternalTopics.CatalogPartition,
            InternalTopics.CatalogName,
            rules,
            services,
            replay.LogOf(InternalTopics.CatalogPartition, InternalTopics.CatalogName));
        _partition.BeginServing(Broker.FirstEpoch);
        foreach (Topic topic in Catalog.All)
        {
            directory.Put(topic, replay);
        }

        foreach (RegisteredGroup group in Catalog.Groups.All)
        {
            groups.Add(group, replay);
        }
    }

    /// <summary>
    /// A topic's deletion is on stable storage, or that of a group's log: nothing of it will be asked for again. Raised on the catalogue's loop; must be quick and must not throw.
    /// </summary>
    public event Action<TopicId>? TopicDeleted;

    /// <summary>A topic has come, gone or grown. Raised on the catalogue's loop; must be quick and must not throw.</summary>
    internal event Action<TopicId>? TopicsChanged;

    /// <summary>The topics there are. To be read by any thread, changed only through <see cref="ExecuteAsync"/>.</summary>
    public TopicCatalog Catalog { get; }

    /// <summary>What lies below this position of the journal the catalogue does not need; null if it needs nothing. Any thread.</summary>
    public JournalPosition? OldestPosition => _partition.OldestPosition;

    /// <summary>
    /// Appends the whole catalogue to its log as one event and cuts the log there, so that it needs nothing of the journal from before. None
    /// once that is on stable storage; an error if it never will be, and then nothing has changed.
    /// </summary>
    public Task<ErrorCode> SnapshotAsync()
    {
        var input = new CatalogSnapshotInput(this);
        _partition.Post(input);
        return input.Completion;
    }

    /// <summary>Carries out one command: what <paramref name="decide"/> decides on the catalogue's loop.</summary>
    /// <param name="decide">Calls one of the catalogue's Decide methods; must do nothing else.</param>
    /// <param name="validateOnly">Only say what would happen.</param>
    public Task<CatalogOutcome> ExecuteAsync(Func<TopicCatalog, CatalogDecision> decide, bool validateOnly = false)
    {
        var input = new CatalogInput(this, decide, validateOnly);
        _partition.Post(input);
        return input.Completion;
    }

    /// <summary>Appends a decision's event and applies it. On the catalogue's loop.</summary>
    internal ErrorCode Append(Partition partition, CatalogDecision decision, Action<ErrorCode> release)
    {
        JournalAppendStatus status = AppendEvent(partition, decision.Event!, error =>
        {
            release(error);
            if (error == ErrorCode.None && DeletedBy(decision.Event!) is { } deleted)
            {
                TopicDeleted?.Invoke(deleted);
            }
        });
        if (status != JournalAppendStatus.Appended)
        {
            return ErrorCode.KafkaStorageError;
        }

        Apply(decision.Event!);
        Report(decision);
        return ErrorCode.None;
    }

    /// <summary>See <see cref="SnapshotAsync"/>. On the catalogue's loop.</summary>
    internal void Snapshot(Partition partition, Action<ErrorCode> complete)
    {
        Offset snapshot = partition.Log.LogEndOffset;
        partition.Log.Index.Seal();

        // It says what holds already, so there is nothing to apply. The checkpoint behind it tells when both are durable.
        if (AppendEvent(partition, Catalog.Snapshot(), static _ => { }) != JournalAppendStatus.Appended)
        {
            complete(ErrorCode.KafkaStorageError);
            return;
        }

        partition.Checkpoints.WriteAfterSnapshot(snapshot, complete);
    }

    private JournalAppendStatus AppendEvent(Partition partition, ICatalogEvent happened, Action<ErrorCode> release)
    {
        using var value = new KafkaWriter();
        CatalogEventCodec.Encode(happened, value);
        using var builder = new RecordBatchBuilder();
        builder.Append(_services.Now.UnixMs, NullableBytes.Null, value.WrittenSpan);
        var batch = new ReadOnlySequence<byte>(builder.Build());
        RecordBatchHeader.TryRead(batch, out RecordBatchHeader header);
        return partition.AppendRecords(header, batch, release);
    }

    private void Apply(ICatalogEvent happened)
    {
        Catalog.Apply(happened);
        switch (happened)
        {
            case TopicCreated created:
                Put(created.TopicId);
                TopicsChanged?.Invoke(new TopicId(created.TopicId));
                break;
            case PartitionsAdded added:
                Put(added.TopicId);
                TopicsChanged?.Invoke(new TopicId(added.TopicId));
                break;
            case TopicConfigsSet set:
                Put(set.TopicId);
                break;
            case TopicDeleted deleted:
                _directory.Remove(new TopicId(deleted.TopicId));
                TopicsChanged?.Invoke(new TopicId(deleted.TopicId));
                break;
            case GroupCreated created:
                _groups.Add(new RegisteredGroup(created.GroupId, new TopicId(created.LogId)));
                break;
            case GroupDeleted deleted:
                _groups.Remove(new TopicId(deleted.LogId));
                break;
            case BrokerConfigsSet:
                foreach (Topic topic in Catalog.All)
                {
                    _directory.Put(topic);
                }

                break;
        }
    }

    private static TopicId? DeletedBy(ICatalogEvent happened) => happened switch
    {
        TopicDeleted deleted => new TopicId(deleted.TopicId),
        GroupDeleted deleted => new TopicId(deleted.LogId),
        _ => null,
    };

    private void Put(Guid topicId)
    {
        Catalog.TryFind(new TopicId(topicId), out Topic? topic);
        _directory.Put(topic!);
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
            case GroupCreated created:
                GroupLog.Created(_services.Logger, created.GroupId, created.LogId);
                break;
        }
    }
}
