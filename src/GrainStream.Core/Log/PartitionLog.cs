using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log;

/// <summary>
/// The state of one partition's log: offsets, leader epochs, idempotent producers, and where in the journal the batches are.
/// <code>
///    log start      tiered end      high watermark     log end
///       S ................ T ................ H ............... L     S &lt;= T &lt;= H &lt;= L, half-open
///       | segments         | the tail:        | in the journal,       S &lt;= last stable offset &lt;= H
///       |                  | in the journal   | not yet synced
/// </code>
/// The index covers [X, L), X &lt;= T: what was tiered of late is still found in the journal.
/// <para>
/// Decide, journal, apply: <c>Decide…</c> methods look and change nothing; the host writes what was decided to the journal; <c>Apply…</c>
/// then changes the state. Replay calls the same <c>Apply…</c> methods in journal order, or begins with <see cref="Restore"/>; then
/// <see cref="Synced"/>.
/// Between a decision and its Apply no other decision may be taken: append to the journal's memory and apply at once, the sync comes later.
/// </para>
/// <para>
/// Threading: one thread at a time (the partition's machine loop) calls anything that decides or changes. Any thread may read the
/// published offsets, epoch and <see cref="Index"/>; a reader reads <see cref="HighWatermark"/> first, then takes <see cref="Index"/>
/// once and its <see cref="TailIndex.Snapshot"/>, then reads, and at last checks <see cref="LogStartOffset"/> if it found nothing.
/// </para>
/// </summary>
public sealed class PartitionLog
{
    /// <summary>
    /// Default bound on idempotent producers remembered per partition (about 200 bytes each). Beyond it the one silent for longest
    /// is forgotten early, which costs it only the recognition of duplicates.
    /// </summary>
    public const int DefaultMaxProducers = 4096;

    private readonly int _maxProducers;
    private TailIndex _index = new();
    private long _logStartOffset;
    private long _tieredEnd;
    private long _tailBytes;
    private long _highWatermark;
    private long _logEndOffset;
    private long _maxTimestamp = Timestamp.None.UnixMs;
    private int _leaderEpoch = -1;
    private bool _hasBegun;
    private LeaderEpochs _epochs = LeaderEpochs.None;
    private ProducerStates? _producers;

    /// <summary>An empty log that begins at offset 0, or wherever the first replayed batch or log start says.</summary>
    public PartitionLog(int maxProducers = DefaultMaxProducers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxProducers, 1);
        _maxProducers = maxProducers;
    }

    /// <summary>S: the first offset that may be read. Any thread.</summary>
    public Offset LogStartOffset => new(Volatile.Read(ref _logStartOffset));

    /// <summary>T: everything below is in segments of a committed manifest (or below the log start). Any thread.</summary>
    public Offset TieredEnd => new(Volatile.Read(ref _tieredEnd));

    /// <summary>
    /// Bytes of the batches in [T, L). Any thread. Where T falls within a run of the index, that run's part is an estimate.
    /// </summary>
    public long TailBytes => Volatile.Read(ref _tailBytes);

    /// <summary>H: everything below is committed, immutable and readable. Any thread.</summary>
    public Offset HighWatermark => new(Volatile.Read(ref _highWatermark));

    /// <summary>End of what read_committed readers may see. Any thread. Equals H: there are no transactions yet.</summary>
    public Offset LastStableOffset => HighWatermark;

    /// <summary>L: the next offset to assign. Any thread.</summary>
    public Offset LogEndOffset => new(Volatile.Read(ref _logEndOffset));

    /// <summary>Greatest timestamp of any batch, committed or not; -1 if none has one. Any thread.</summary>
    public long MaxTimestamp => Volatile.Read(ref _maxTimestamp);

    /// <summary>The current owner's epoch, or the last one in the log while there is none; -1 before the first. Any thread.</summary>
    public LeaderEpoch LeaderEpoch => new(Volatile.Read(ref _leaderEpoch));

    /// <summary>Which leader epochs began where, oldest first; those wholly below the log start are forgotten. Any thread.</summary>
    public IReadOnlyList<EpochStart> Epochs => Volatile.Read(ref _epochs).Entries;

    /// <summary>
    /// Where the batches are. Replaced by another when runs are copied: take it once per read. See the type's threading rules.
    /// </summary>
    public TailIndex Index => Volatile.Read(ref _index);

    /// <summary>Idempotent producers remembered.</summary>
    public int ProducerCount => _producers?.Count ?? 0;

    /// <summary>
    /// Decides whether a batch may be appended. The batch's CRC and lengths must have been checked; everything else in the head is
    /// checked here, in this order: size, head sanity, timestamps, producer epoch and sequence.
    /// </summary>
    /// <param name="batch">The head as sent; its base offset is ignored.</param>
    /// <param name="rules">The topic's rules.</param>
    /// <param name="now">The broker's time.</param>
    public AppendDecision DecideAppend(in RecordBatchHeader batch, AppendRules rules, Timestamp now)
    {
        Invariant.Require(_leaderEpoch >= 0, "A batch was offered to a partition that has not begun a leader epoch.");
        Offset logStart = new(_logStartOffset);
        ErrorCode error = rules.Check(batch, now, out string? message);
        if (error != ErrorCode.None)
        {
            return AppendDecision.Refuse(error, message, logStart);
        }

        if (batch.HasProducer && _producers is { } producers)
        {
            error = producers.Check(batch, out bool isDuplicate, out ProducedBatch original);
            if (isDuplicate)
            {
                return AppendDecision.Duplicate(original, logStart);
            }

            if (error != ErrorCode.None)
            {
                return AppendDecision.Refuse(error, ProducerMessage(error), logStart);
            }
        }

        Offset baseOffset = new(_logEndOffset);
        Timestamp appendTimestamp = rules.TimestampType == TimestampType.LogAppendTime ? now : Timestamp.None;
        return AppendDecision.Accept(baseOffset, baseOffset + batch.RecordCount, appendTimestamp, logStart);
    }

    /// <summary>
    /// Takes in a batch that is in the journal, new or replayed: L, leader epochs, producers, index. The first batch replayed into an
    /// empty log may have any base offset, which then is the log start; every other must begin at L.
    /// </summary>
    public void Apply(in AppendedBatch batch)
    {
        RecordBatchHeader header = batch.Header;
        Begin(header.BaseOffset);
        Invariant.Require(
            header.BaseOffset == _logEndOffset && header.NextOffset > header.BaseOffset,
            $"A batch of offsets [{header.BaseOffset}, {header.NextOffset}) was applied to a log that ends at {_logEndOffset}.");
        EnterEpoch(batch.Epoch, header.BaseOffset);
        if (header.HasProducer)
        {
            (_producers ??= new ProducerStates(_maxProducers)).Append(header, batch.AppendedAt);
        }

        var baseOffset = new Offset(header.BaseOffset);
        var nextOffset = new Offset(header.NextOffset);
        _index.Add(baseOffset, nextOffset, batch.Position, batch.FrameSize, header.TotalSize, header.MaxTimestamp, batch.StartsRun);
        Volatile.Write(ref _tailBytes, _tailBytes + header.TotalSize);
        if (header.MaxTimestamp > _maxTimestamp)
        {
            Volatile.Write(ref _maxTimestamp, header.MaxTimestamp);
        }

        Volatile.Write(ref _logEndOffset, header.NextOffset);
    }

    /// <summary>
    /// Everything below <paramref name="end"/> is on stable storage here, and with R={self} so committed: H advances to it.
    /// </summary>
    /// <returns>True if H moved. False for an end at or below H: reports may come late or twice.</returns>
    public bool Synced(Offset end)
    {
        Invariant.Require(end.Value <= _logEndOffset, $"Offset {end} was reported synced in a log that ends at {_logEndOffset}.");
        if (end.Value <= _highWatermark)
        {
            return false;
        }

        Volatile.Write(ref _highWatermark, end.Value);
        return true;
    }

    /// <summary>
    /// Decides on deleting the records before <paramref name="requested"/>; -1 means all committed ones (DeleteRecords, KIP-107).
    /// </summary>
    public LogStartDecision DecideLogStart(Offset requested)
    {
        Offset target = requested.Value == -1 ? new Offset(_highWatermark) : requested;
        if (target.Value < 0 || target.Value > _highWatermark)
        {
            return new LogStartDecision(ErrorCode.OffsetOutOfRange, new Offset(-1), IsChange: false);
        }

        return target.Value <= _logStartOffset
            ? new LogStartDecision(ErrorCode.None, new Offset(_logStartOffset), IsChange: false)
            : new LogStartDecision(ErrorCode.None, target, IsChange: true);
    }

    /// <summary>
    /// The log start is in the journal: S moves, the index lets go of what lies below. Beyond T it takes T along: what was never tiered
    /// and is now deleted never has to be. At replay H, which only ever trails a log start there, moves with it; into an empty log the
    /// log start may be any offset.
    /// </summary>
    public void ApplyLogStart(Offset logStart)
    {
        Begin(logStart.Value);
        Invariant.Require(
            logStart.Value >= _logStartOffset && logStart.Value <= _logEndOffset,
            $"Log start {logStart} was applied to a log of [{_logStartOffset}, {_logEndOffset}).");
        Synced(logStart);
        Volatile.Write(ref _logStartOffset, logStart.Value);
        Volatile.Write(ref _epochs, _epochs.From(logStart));
        _index.TrimBefore(logStart);
        MoveTieredEnd(logStart);
    }

    /// <summary>
    /// Everything below <paramref name="end"/> is in segments of a committed manifest, and the journal says so: T moves. The index keeps
    /// what it has, which is read from the journal while it lasts. An end at or below T changes nothing. At replay H moves along.
    /// </summary>
    public void ApplyTiered(Offset end)
    {
        Invariant.Require(
            end.Value >= 0 && end.Value <= _logEndOffset, $"The log was said to be tiered up to {end}, but it ends at {_logEndOffset}.");
        Synced(end);
        MoveTieredEnd(end);
    }

    /// <summary>
    /// Decides where the log should start by the retention of its tail: T, or the border of the first run beyond it that must stay. A run
    /// may go if all its records are older than <paramref name="cutoffMs"/>, or if at least <paramref name="keepBytes"/> bytes of tail
    /// remain without it. Records without a timestamp have no age and stay. Any thread.
    /// </summary>
    /// <param name="cutoffMs">Unix milliseconds; <see cref="long.MinValue"/> to keep records of any age.</param>
    /// <param name="keepBytes">Bytes of tail; <see cref="long.MaxValue"/> to keep any number.</param>
    /// <returns>At least S and T, at most H.</returns>
    public Offset DecideRetention(long cutoffMs, long keepBytes)
    {
        Offset highWatermark = HighWatermark;
        return TailRetention.Decide(Index.Snapshot(), TieredEnd, highWatermark, TailBytes, cutoffMs, keepBytes);
    }

    /// <summary>
    /// All of the state, to be written to the journal: as it will be when <paramref name="copied"/> have taken their originals' places
    /// and the index has let go of what lies wholly below <paramref name="from"/>. Changes nothing but that the next batch begins a run.
    /// </summary>
    /// <param name="copied">See <see cref="TailIndex.With"/>.</param>
    /// <param name="from">First offset that the index must keep; at most T.</param>
    public PartitionCheckpoint CreateCheckpoint(IReadOnlyList<TailRun> copied, Offset from)
    {
        Invariant.Require(from.Value <= _tieredEnd, $"The index is needed from {_tieredEnd} on and was to begin at {from}.");
        _index.Seal();
        return new PartitionCheckpoint
        {
            LogStartOffset = new Offset(_logStartOffset),
            TieredEnd = new Offset(_tieredEnd),
            LogEndOffset = new Offset(_logEndOffset),
            MaxTimestamp = _maxTimestamp,
            Epochs = _epochs.Entries,
            Producers = _producers?.Remembered() ?? [],
            Runs = _index.With(copied, from),
        };
    }

    /// <summary>
    /// The checkpoint is in the journal for good, together with the copies it speaks of: they take their originals' places. Readers that hold
    /// the old index go on in it.
    /// </summary>
    /// <param name="copied">As they were given to <see cref="CreateCheckpoint"/>; batches may have been appended since.</param>
    /// <param name="from">Likewise.</param>
    public void ReplaceRuns(IReadOnlyList<TailRun> copied, Offset from)
    {
        if (copied.Count == 0)
        {
            _index.TrimBefore(from);
            return;
        }

        Volatile.Write(ref _index, _index.ReplacedBy(copied, from));
    }

    /// <summary>
    /// Takes over a checkpoint at replay: whatever this log knew before is forgotten. All of it counts as committed.
    /// </summary>
    /// <param name="checkpoint">A sound one.</param>
    /// <param name="now">Counts as the producers' last append: they get a full expiration after a restart.</param>
    public void Restore(PartitionCheckpoint checkpoint, Timestamp now)
    {
        Invariant.Require(
            !_hasBegun || checkpoint.Continues(new Offset(_logStartOffset), new Offset(_tieredEnd), new Offset(_logEndOffset)),
            $"A checkpoint of [{checkpoint.LogStartOffset}, {checkpoint.LogEndOffset}), tiered to {checkpoint.TieredEnd}, was applied to a log " +
            $"of [{_logStartOffset}, {_logEndOffset}), tiered to {_tieredEnd}.");
        _hasBegun = true;
        Volatile.Write(ref _index, TailIndex.Of(checkpoint.Runs, checkpoint.LogEndOffset));
        Volatile.Write(ref _logStartOffset, checkpoint.LogStartOffset.Value);
        Volatile.Write(ref _tieredEnd, checkpoint.TieredEnd.Value);
        Volatile.Write(ref _logEndOffset, checkpoint.LogEndOffset.Value);
        Volatile.Write(ref _highWatermark, checkpoint.LogEndOffset.Value);
        Volatile.Write(ref _maxTimestamp, checkpoint.MaxTimestamp);
        Volatile.Write(ref _tailBytes, BytesInTail());
        Volatile.Write(ref _epochs, LeaderEpochs.Of(checkpoint.Epochs));
        Volatile.Write(ref _leaderEpoch, checkpoint.Epochs.Count > 0 ? checkpoint.Epochs[^1].Epoch.Value : -1);
        _producers = checkpoint.Producers.Count > 0 ? new ProducerStates(_maxProducers) : null;
        foreach (RememberedProducer producer in checkpoint.Producers)
        {
            _producers!.Restore(producer, now);
        }
    }

    /// <summary>
    /// A new owner begins, when the replay is over: batches from here on belong to <paramref name="epoch"/>. May repeat the current
    /// epoch, never a lower one.
    /// </summary>
    public void StartEpoch(LeaderEpoch epoch)
    {
        Begin(_logEndOffset);
        EnterEpoch(epoch, _logEndOffset);
    }

    /// <summary>Where <paramref name="epoch"/> ends in this log (OffsetForLeaderEpoch). Any thread.</summary>
    public EpochEndOffset EndOffsetForEpoch(LeaderEpoch epoch) => Volatile.Read(ref _epochs).EndOf(epoch, LogEndOffset);

    /// <summary>Compares the leader epoch a client believes in with the current one; -1 asks for no check (KIP-320). Any thread.</summary>
    public ErrorCode CheckLeaderEpoch(int clientEpoch)
    {
        int current = Volatile.Read(ref _leaderEpoch);
        if (clientEpoch == -1 || clientEpoch == current)
        {
            return ErrorCode.None;
        }

        return clientEpoch < current ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
    }

    /// <summary>
    /// Forgets producers that appended nothing for longer than <paramref name="expiration"/> (producer.id.expiration.ms). By the time of
    /// appending, not of the records: a producer of old data is not forgotten at once.
    /// </summary>
    /// <returns>How many were forgotten.</returns>
    public int ExpireProducers(Timestamp now, TimeSpan expiration)
    {
        int expired = _producers?.Expire(now, expiration) ?? 0;
        if (_producers is { Count: 0 })
        {
            _producers = null;
        }

        return expired;
    }

    private static string ProducerMessage(ErrorCode error) => error == ErrorCode.InvalidProducerEpoch
        ? "A newer epoch of this producer id has written to the partition; this producer is fenced."
        : "The batch's sequence number does not follow the last one of this producer in the partition.";

    private void Begin(long firstOffset)
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        Invariant.Require(firstOffset >= 0, $"A log cannot begin at offset {firstOffset}.");
        Volatile.Write(ref _logEndOffset, firstOffset);
        Volatile.Write(ref _highWatermark, firstOffset);
        Volatile.Write(ref _tieredEnd, firstOffset);
        Volatile.Write(ref _logStartOffset, firstOffset);
    }

    private void MoveTieredEnd(Offset end)
    {
        if (end.Value > _tieredEnd)
        {
            Volatile.Write(ref _tieredEnd, end.Value);
            Volatile.Write(ref _tailBytes, BytesInTail());
        }
    }

    // Summed up anew each time, from what each run has: a count kept by subtraction would drift where T falls within a run.
    private long BytesInTail() => _index.Snapshot().BytesBetween(new Offset(_tieredEnd), new Offset(_logEndOffset));

    private void EnterEpoch(LeaderEpoch epoch, long startOffset)
    {
        Invariant.Require(epoch.Value >= 0 && epoch.Value >= _leaderEpoch, $"Leader epoch {epoch} came after epoch {_leaderEpoch}.");
        if (epoch.Value == _leaderEpoch)
        {
            return;
        }

        Volatile.Write(ref _epochs, _epochs.With(epoch, new Offset(startOffset)));
        Volatile.Write(ref _leaderEpoch, epoch.Value);
    }
}
