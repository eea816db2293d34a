using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log;

/// <summary>
/// The state of one partition's log: offsets, leader epochs, idempotent producers, and where in the journal the batches are.
/// <code>
///    log start     high watermark     log end
///       S ................ H ............... L          S &lt;= last stable offset &lt;= H &lt;= L, half-open
///       | committed        | in the journal,
///       |                  | not yet synced
/// </code>
/// <para>
/// Decide, journal, apply: <c>Decide…</c> methods look and change nothing; the host writes what was decided to the journal; <c>Apply…</c>
/// then changes the state. Replay calls the same <c>Apply…</c> methods in journal order, then <see cref="Synced"/>.
/// Between a decision and its Apply no other decision may be taken: append to the journal's memory and apply at once, the sync comes later.
/// </para>
/// <para>
/// Threading: one thread at a time (the partition's machine loop) calls anything that decides or changes. Any thread may read the
/// published offsets, epoch and <see cref="Index"/>; a reader reads <see cref="HighWatermark"/> first, then takes
/// <see cref="TailIndex.Snapshot"/>, then reads, and at last checks <see cref="LogStartOffset"/> if it found nothing.
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
    private long _logStartOffset;
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

    /// <summary>Where the batches are. See the type's threading rules.</summary>
    public TailIndex Index { get; } = new();

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
        Index.Add(baseOffset, nextOffset, batch.Position, batch.FrameSize, header.MaxTimestamp, batch.StartsRun);
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
    /// The log start is in the journal: S moves, the index lets go of what lies below. At replay H, which only ever trails a log start
    /// there, moves with it; into an empty log the log start may be any offset.
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
        Index.TrimBefore(logStart);
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
        Volatile.Write(ref _logStartOffset, firstOffset);
    }

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
