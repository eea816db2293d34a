using System.Buffers;
using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Partitions;

/// <summary>
/// One partition of this node at work: runs its <see cref="PartitionLog"/> on a machine loop, appends to the journal, and releases replies once
/// what they promise is durable. Reads (<see cref="TailReader"/>) do not pass through the loop.
/// </summary>
public sealed class Partition : IMachineHost<PartitionInput>, IJournalAppender
{
    private const long NoPosition = -1;

    private readonly PartitionServices _services;
    private readonly MachineLoop<PartitionInput> _loop;
    private readonly WatchList _watchers = new();
    private readonly PendingAppends _awaitingWrite = new();
    private readonly PendingAppends _awaitingSync = new();
    private Queue<(Offset End, Action<ErrorCode> Release)>? _awaitingRecords;
    private Action<ErrorCode>? _stopped;
    private PartitionCheckpoints? _checkpoints;
    private JournalPosition _fileStart;
    private long _anchor = NoPosition;
    private long _writtenEnd;
    private long _syncedEnd;
    private volatile PartitionStatus _status;

    /// <summary>A new partition, or one that was rebuilt from the journal.</summary>
    internal Partition(PartitionId id, string topicName, AppendRules rules, PartitionServices services, PartitionReplay? replayed = null)
    {
        Id = id;
        TopicName = topicName;
        Log = replayed?.Log ?? new PartitionLog();
        Rules = rules;
        _services = services;
        _loop = new MachineLoop<PartitionInput>(this);
        _fileStart = replayed?.FileStart ?? default;
        _anchor = replayed?.Anchor?.Value ?? NoPosition;
    }

    public PartitionId Id { get; }

    public string TopicName { get; }

    /// <summary>The machine. Only the published offsets and the tail index may be read from outside of the loop.</summary>
    public PartitionLog Log { get; }

    /// <summary>What the topic's settings ask of a batch; replaced whole when they change.</summary>
    public AppendRules Rules { get; internal set; }

    public PartitionStatus Status => _status;

    /// <summary>
    /// The journal's frame from which this partition would be rebuilt: its first batch or a synced checkpoint. Null before the first
    /// batch. Any thread.
    /// </summary>
    public JournalPosition? AnchorPosition => Volatile.Read(ref _anchor) is >= 0 and long anchor ? new JournalPosition(anchor) : null;

    /// <summary>
    /// What lies below this position of the journal this partition does not need: the lower of its anchor and its tail's first run. Null
    /// if it needs nothing. Any thread.
    /// </summary>
    public JournalPosition? OldestPosition
    {
        get
        {
            JournalPosition? anchor = AnchorPosition;
            JournalPosition? first = Log.Index.FirstPosition;
            return anchor is null || first < anchor ? first : anchor;
        }
    }

    internal PartitionCheckpoints Checkpoints => _checkpoints ??= new PartitionCheckpoints(this);

    /// <summary>Hands in an input; it is executed or refused on the loop.</summary>
    public void Post(PartitionInput input) => _loop.Post(input);

    /// <summary>
    /// Wakes <paramref name="wait"/> whenever the high watermark goes beyond <paramref name="offset"/>, until it is done. An advance
    /// before this call does not count: register first, then read.
    /// </summary>
    public void Watch(FetchWait wait, Offset offset) => _watchers.Add(wait, offset);

    void IMachineHost<PartitionInput>.Handle(PartitionInput input)
    {
        if (_status != PartitionStatus.Open)
        {
            input.Refuse(this);
            return;
        }

        try
        {
            input.Execute(this);
        }
        catch (Exception failure)
        {
            // Whatever it was, the machine's state can no longer be trusted, and the loop must go on to answer who waits.
            RuntimeLog.MachineFailed(_services.Logger, TopicName, Id.Index, Log.LeaderEpoch.Value, failure);
            Stop(PartitionStatus.Failed);
            input.Refuse(this);
        }
    }

    void IJournalAppender.Written(Offset end)
    {
        Volatile.Write(ref _writtenEnd, end.Value);
        if (!_awaitingWrite.IsEmpty)
        {
            _loop.Post(ProgressInput.Instance);
        }
    }

    void IJournalAppender.Synced(Offset end)
    {
        Volatile.Write(ref _writtenEnd, Math.Max(end.Value, Volatile.Read(ref _writtenEnd)));
        Volatile.Write(ref _syncedEnd, end.Value);
        _loop.Post(ProgressInput.Instance);
    }

    void IJournalAppender.JournalFailed(Exception cause) => _loop.Post(new StopInput(PartitionStatus.Failed));

    /// <summary>The journal has been replayed whole: all of it is on stable storage. Before anything is posted.</summary>
    internal void BeginServing(LeaderEpoch epoch)
    {
        Log.StartEpoch(epoch);
        Log.Synced(Log.LogEndOffset);
        _writtenEnd = _syncedEnd = Log.LogEndOffset.Value;
    }

    /// <summary>Takes a batch or refuses it. On the loop.</summary>
    internal void Append(PartitionAppend append)
    {
        AppendDecision decision = Log.DecideAppend(append.Header, Rules, _services.Now);
        if (decision.Error != ErrorCode.None)
        {
            append.Take();
            append.Complete(new AppendResult(decision.Error, -1, -1, decision.LogStartOffset.Value, decision.Message));
            return;
        }

        append.Promised = new AppendResult(
            ErrorCode.None, decision.BaseOffset.Value, decision.LogAppendTimestamp.UnixMs, decision.LogStartOffset.Value, null);
        append.PromisedEnd = decision.End;
        if (!decision.IsDuplicate)
        {
            JournalAppendStatus status = AppendToJournal(append.Header, append.Batch, decision);
            if (status != JournalAppendStatus.Appended)
            {
                append.Take();
                append.Complete(RefusedBy(status));
                return;
            }
        }

        append.Take();
        Promise(append);
    }

    /// <summary>
    /// Appends records of the node's own (a coordinator's events) and applies them. On the loop.
    /// </summary>
    /// <param name="header">Head of <paramref name="batch"/>.</param>
    /// <param name="batch">A whole batch; borrowed for the call.</param>
    /// <param name="release">
    /// Called once: without an error when the records are on stable storage on every in-sync replica, with one if they never will be.
    /// </param>
    internal JournalAppendStatus AppendRecords(in RecordBatchHeader header, in ReadOnlySequence<byte> batch, Action<ErrorCode> release)
    {
        AppendDecision decision = Log.DecideAppend(header, Rules, _services.Now);
        Invariant.Require(decision.IsAccepted, $"The node's own records were refused with {decision.Error}.");
        JournalAppendStatus status = AppendToJournal(header, batch, decision);
        if (status == JournalAppendStatus.Appended)
        {
            (_awaitingRecords ??= new()).Enqueue((decision.End, release));
        }

        return status;
    }

    /// <summary>Calls <paramref name="release"/> when all that has been appended by now is on stable storage, or with an error if it never will be. On the loop.</summary>
    internal void WhenDurable(Action<ErrorCode> release)
    {
        if (Log.HighWatermark >= Log.LogEndOffset)
        {
            release(ErrorCode.None);
            return;
        }

        (_awaitingRecords ??= new()).Enqueue((Log.LogEndOffset, release));
    }

    /// <summary>Calls <paramref name="stopped"/> when this partition's service has ended, with what its requests are told. Before anything is posted.</summary>
    internal void WhenStopped(Action<ErrorCode> stopped) => _stopped = stopped;

    /// <summary>Raises the log start (DeleteRecords). On the loop.</summary>
    internal void RaiseLogStart(DeleteRecordsInput input)
    {
        LogStartDecision decision = Log.DecideLogStart(new Offset(input.BeforeOffset));
        if (decision.Error != ErrorCode.None)
        {
            input.Complete(decision.Error, -1);
            return;
        }

        if (decision.IsChange)
        {
            JournalAppendStatus status = AppendFrame(
                FrameKind.LogStart, decision.LogStartOffset, default, 0, new LogStartAppender(input, decision.LogStartOffset), out _);
            if (status != JournalAppendStatus.Appended)
            {
                input.Complete(ErrorCode.KafkaStorageError, -1);
                return;
            }

            Log.ApplyLogStart(decision.LogStartOffset);
            return;
        }

        input.Complete(ErrorCode.None, Log.LogStartOffset.Value);
    }

    /// <summary>Notes how far the partition is in segments. On the loop.</summary>
    internal void MarkTiered(TieredInput input)
    {
        if (input.End <= Log.TieredEnd)
        {
            input.Complete(ErrorCode.None);
            return;
        }

        Invariant.Require(
            input.End <= Log.HighWatermark, $"Offsets up to {input.End} were tiered, but only those below {Log.HighWatermark} are committed.");
        if (AppendFrame(FrameKind.Tiered, input.End, default, 0, input, out _) != JournalAppendStatus.Appended)
        {
            input.Complete(ErrorCode.KafkaStorageError);
            return;
        }

        Log.ApplyTiered(input.End);
    }

    /// <summary>Appends a frame that is no new batch. On the loop.</summary>
    /// <param name="kind">What it says.</param>
    /// <param name="baseOffset">The offset it says it of.</param>
    /// <param name="payload">Borrowed for the call.</param>
    /// <param name="payloadCrc">Its CRC-32C.</param>
    /// <param name="appender">Told when it is durable.</param>
    /// <param name="slot">Where it is, if it was appended.</param>
    internal JournalAppendStatus AppendFrame(
        FrameKind kind, Offset baseOffset, ReadOnlyMemory<byte> payload, uint payloadCrc, IJournalAppender appender, out JournalSlot slot)
    {
        var frame = new JournalAppend
        {
            Kind = kind,
            Partition = Id,
            Epoch = Log.LeaderEpoch,
            BaseOffset = baseOffset,
            End = Log.LogEndOffset,
            Body = new ReadOnlySequence<byte>(payload),
            PayloadCrc = payloadCrc,
        };
        return _services.Journal.Append(frame, appender, out slot);
    }

    /// <summary>Takes over a checkpoint that was appended at <paramref name="anchor"/>. On the loop, before anybody is served.</summary>
    internal void Restore(PartitionCheckpoint checkpoint, JournalPosition anchor)
    {
        Log.Restore(checkpoint, _services.Now);
        MoveAnchor(anchor);
        _writtenEnd = _syncedEnd = checkpoint.LogEndOffset.Value;
    }

    /// <summary>The partition would be rebuilt from there. On the loop.</summary>
    internal void MoveAnchor(JournalPosition anchor) => Volatile.Write(ref _anchor, anchor.Value);

    /// <summary>Moves on with what the journal has reported. On the loop.</summary>
    internal void Progress()
    {
        var written = new Offset(Volatile.Read(ref _writtenEnd));
        _awaitingWrite.Release(written);
        if (Log.Synced(new Offset(Volatile.Read(ref _syncedEnd))))
        {
            Offset highWatermark = Log.HighWatermark;
            _awaitingSync.Release(highWatermark);
            while (_awaitingRecords is { Count: > 0 } records && records.Peek().End <= highWatermark)
            {
                records.Dequeue().Release(ErrorCode.None);
            }

            _watchers.Signal(highWatermark);
        }
    }

    /// <summary>Forgets producers that have been silent for long. On the loop.</summary>
    internal void ExpireProducers(TimeSpan expiration) => Log.ExpireProducers(_services.Now, expiration);

    /// <summary>Ends this partition's service: whoever waits is refused, whoever comes is refused. On the loop.</summary>
    internal void Stop(PartitionStatus status)
    {
        _status = status;
        AppendResult refusal = RefusedAppend();
        _awaitingWrite.RefuseAll(refusal);
        _awaitingSync.RefuseAll(refusal);
        while (_awaitingRecords is { Count: > 0 } records)
        {
            records.Dequeue().Release(refusal.Error);
        }

        _watchers.Signal(new Offset(long.MaxValue));
        _stopped?.Invoke(refusal.Error);
    }

    /// <summary>The answer of a partition that is not open.</summary>
    internal AppendResult RefusedAppend() => AppendResult.Refused(RefusalError);

    /// <summary>Error that a request to this partition gets while it is not open.</summary>
    public ErrorCode RefusalError =>
        _status == PartitionStatus.Deleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError;

    private JournalAppendStatus AppendToJournal(in RecordBatchHeader header, in ReadOnlySequence<byte> batch, in AppendDecision decision)
    {
        RecordBatchHeader stamped = header with { BaseOffset = decision.BaseOffset.Value, PartitionLeaderEpoch = Log.LeaderEpoch.Value };
        if (decision.LogAppendTimestamp != Timestamp.None)
        {
            stamped = stamped.WithLogAppendTime(decision.LogAppendTimestamp.UnixMs);
        }

        Span<byte> head = stackalloc byte[RecordBatchHeader.Size];
        stamped.Write(head);
        var frame = new JournalAppend
        {
            Kind = FrameKind.Batch,
            Partition = Id,
            Epoch = Log.LeaderEpoch,
            BaseOffset = decision.BaseOffset,
            End = decision.End,
            Head = head,
            Body = batch.Slice(RecordBatchHeader.Size),

            // The batch's own CRC covers all but the first bytes of it: nothing is summed twice.
            PayloadCrc = Crc32C.Combine(
                Crc32C.Compute(head[..RecordBatchHeader.CrcCoverageStart]), stamped.Crc, stamped.TotalSize - RecordBatchHeader.CrcCoverageStart),
        };
        JournalAppendStatus status = _services.Journal.Append(frame, this, out JournalSlot slot);
        if (status == JournalAppendStatus.Appended)
        {
            Apply(stamped, slot, FrameHeader.SizeOf(stamped.TotalSize));
            _services.Instruments.BatchAppended(stamped.RecordCount, stamped.TotalSize);
        }

        return status;
    }

    private void Apply(in RecordBatchHeader batch, JournalSlot slot, int frameSize)
    {
        bool startsRun = slot.FileStart != _fileStart;
        _fileStart = slot.FileStart;
        var epoch = new LeaderEpoch(batch.PartitionLeaderEpoch);
        Log.Apply(new AppendedBatch(batch, epoch, slot.Position, frameSize, startsRun, _services.Now));
        if (_anchor == NoPosition)
        {
            MoveAnchor(slot.Position);
        }
    }

    private void Promise(PartitionAppend append)
    {
        switch (append.Acknowledgement)
        {
            case Acknowledgement.None:
                append.Complete(append.Promised);
                break;
            case Acknowledgement.Leader:
                _awaitingWrite.Add(append);
                _awaitingWrite.Release(new Offset(Volatile.Read(ref _writtenEnd)));
                break;
            default:
                _awaitingSync.Add(append);
                _awaitingSync.Release(Log.HighWatermark);
                break;
        }
    }

    private static AppendResult RefusedBy(JournalAppendStatus status) => AppendResult.Refused(
        ErrorCode.KafkaStorageError,
        status == JournalAppendStatus.NoSpace
            ? "The broker's disk is full; the batch was not stored. Retry when space has been freed."
            : "The broker's journal is closed; the batch was not stored.");
}
