using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Reading.Segments;
using GrainStream.Runtime.Tiering;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Reading;

/// <summary>
/// Answers readers of this node's partitions: from the journal what the tail index reaches, from segments what lies below; of compacted topics, all that
/// segments have. Thread-safe; does not enter the partitions' machines.
/// </summary>
public sealed class LogReader : IAsyncDisposable
{
    private readonly TailReader _tail;
    private readonly TimestampLookup _timestamps;
    private readonly SegmentReader? _segments;
    private readonly SegmentLookup? _segmentTimestamps;
    private readonly RuntimeInstruments _instruments;
    private readonly ILogger _logger;

    /// <summary>A reader of what is in the journal, for a node without an object store.</summary>
    internal LogReader(IJournal journal, long diskReadBytes, RuntimeInstruments instruments, ILogger logger)
    {
        _tail = new TailReader(journal, new DiskReadBudget(diskReadBytes), instruments);
        _timestamps = new TimestampLookup(journal);
        _instruments = instruments;
        _logger = logger;
    }

    /// <summary>A reader of journal and segments.</summary>
    /// <param name="journal">The node's journal.</param>
    /// <param name="diskReadBytes">Memory for reads from the journal's files.</param>
    /// <param name="store">Where the segments are.</param>
    /// <param name="manifests">Where it is said which; the one that changes them, so that readers know of a change at once.</param>
    /// <param name="cacheBytes">Memory for blocks of segments, being read and kept.</param>
    /// <param name="instruments">Told what is read.</param>
    /// <param name="logger">Told what cannot be read.</param>
    internal LogReader(
        IJournal journal,
        long diskReadBytes,
        IObjectStore store,
        ManifestStore manifests,
        long cacheBytes,
        RuntimeInstruments instruments,
        ILogger logger)
        : this(journal, diskReadBytes, instruments, logger)
    {
        var directory = new SegmentDirectory(store, manifests);
        var cache = new BlockCache(cacheBytes, directory.FetchAsync);
        _segments = new SegmentReader(directory, cache);
        _segmentTimestamps = new SegmentLookup(_segments, directory, cache);
    }

    /// <summary>Reads committed batches. Completes at once unless the disk has to be asked.</summary>
    public ValueTask<PartitionRead> ReadAsync(Partition partition, in ReadRequest request, CancellationToken cancellationToken)
    {
        PartitionLog log = partition.Log;
        ErrorCode error = partition.Status == PartitionStatus.Open
            ? log.CheckLeaderEpoch(request.CurrentLeaderEpoch)
            : partition.RefusalError;
        if (error != ErrorCode.None)
        {
            return ValueTask.FromResult(new PartitionRead(error, -1, -1, null));
        }

        // H before the index: whatever lies below this H is in the index that is read afterwards.
        Offset highWatermark = log.HighWatermark;
        Offset logStart = log.LogStartOffset;
        if (request.FetchOffset < logStart.Value || request.FetchOffset > log.LogEndOffset.Value)
        {
            return ValueTask.FromResult(new PartitionRead(ErrorCode.OffsetOutOfRange, logStart.Value, highWatermark.Value, null));
        }

        // What compaction has removed must not come back out of the journal, where it lies until the journal's oldest file is given back.
        bool isCompacted = _segments is not null && partition.Rules.RequiresKeys && request.FetchOffset < log.TieredEnd.Value;
        ValueTask<TailRead> reading = isCompacted ? ValueTask.FromResult(TailRead.BelowTail) : _tail.ReadAsync(
            partition,
            new BatchSelection(partition.Id, new Offset(request.FetchOffset), highWatermark, request.MaxBytes, request.AtLeastOne),
            request.MayWaitForMemory,
            cancellationToken);
        return reading.IsCompletedSuccessfully
            ? Answer(reading.Result, partition, request, highWatermark, cancellationToken)
            : FinishAsync(reading, partition, request, highWatermark, cancellationToken);
    }

    /// <summary>The first committed record at or after a time; null if there is none.</summary>
    /// <exception cref="CorruptDataException">Stored bytes are damaged.</exception>
    /// <exception cref="StorageUnavailableException">The disk failed to answer.</exception>
    public async ValueTask<FoundRecord?> FindByTimestampAsync(Partition partition, long timestampMs, CancellationToken cancellationToken)
    {
        Offset limit;
        FoundRecord? found;
        do
        {
            limit = TailStart(partition.Log);
            found = HasSegmentsBelow(partition.Log, limit)
                ? await _segmentTimestamps!.FindAsync(partition, limit, timestampMs, cancellationToken)
                : null;
            found ??= await _timestamps.FindAsync(partition, timestampMs, cancellationToken);
        }
        while (TailStart(partition.Log) > limit);
        return found;
    }

    /// <summary>The first committed record with the greatest timestamp; null if there are no records.</summary>
    /// <inheritdoc cref="FindByTimestampAsync" path="/exception"/>
    public async ValueTask<FoundRecord?> FindMaxTimestampAsync(Partition partition, CancellationToken cancellationToken)
    {
        Offset limit;
        FoundRecord? tiered;
        FoundRecord? tail;
        do
        {
            limit = TailStart(partition.Log);
            tiered = HasSegmentsBelow(partition.Log, limit)
                ? await _segmentTimestamps!.FindMaxAsync(partition, limit, cancellationToken)
                : null;
            tail = await _timestamps.FindMaxAsync(partition, cancellationToken);
        }
        while (TailStart(partition.Log) > limit);
        return tiered is { } old && (tail is null || old.TimestampMs >= tail.Value.TimestampMs) ? tiered : tail;
    }

    /// <summary>Ends reads ahead that are under way. Payloads that are still being sent keep their memory until they are disposed.</summary>
    public ValueTask DisposeAsync() => _segments?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>
    /// First offset that the tail index reaches; if it is empty, there is nothing but segments below the tiered end. It moves when records that were uploaded
    /// leave the index: who looked below it first and then in the index looks again if it has moved meanwhile.
    /// </summary>
    private static Offset TailStart(PartitionLog log) => log.Index.FirstOffset ?? log.TieredEnd;

    private bool HasSegmentsBelow(PartitionLog log, Offset tailStart) => _segmentTimestamps is not null && log.LogStartOffset < tailStart;

    private ValueTask<PartitionRead> Answer(
        in TailRead read, Partition partition, in ReadRequest request, Offset highWatermark, CancellationToken cancellationToken) =>
        read.Outcome == TailReadOutcome.BelowTail
            ? FinishAsync(ValueTask.FromResult(read), partition, request, highWatermark, cancellationToken)
            : ValueTask.FromResult(new PartitionRead(ErrorCode.None, partition.Log.LogStartOffset.Value, highWatermark.Value, read.Records));

    /// <summary>Waits for the read of the tail, and goes to the segments if what is wanted lies below it.</summary>
    private async ValueTask<PartitionRead> FinishAsync(
        ValueTask<TailRead> reading, Partition partition, ReadRequest request, Offset highWatermark, CancellationToken cancellationToken)
    {
        try
        {
            TailRead read = await reading;
            ErrorCode error = ErrorCode.None;
            RecordsPayload? records = read.Records;
            if (read.Outcome == TailReadOutcome.BelowTail)
            {
                (error, records) = await ReadSegmentsAsync(partition, request, cancellationToken);
            }

            return new PartitionRead(error, partition.Log.LogStartOffset.Value, highWatermark.Value, records);
        }
        catch (Exception cause) when (cause is CorruptDataException or StorageUnavailableException)
        {
            RuntimeLog.ReadFailed(_logger, partition.TopicName, partition.Id.Index, request.FetchOffset, cause);
            return new PartitionRead(ErrorCode.KafkaStorageError, partition.Log.LogStartOffset.Value, highWatermark.Value, null);
        }
    }

    private async ValueTask<(ErrorCode Error, RecordsPayload? Records)> ReadSegmentsAsync(
        Partition partition, ReadRequest request, CancellationToken cancellationToken)
    {
        var from = new Offset(request.FetchOffset);
        (SegmentReadStatus status, RecordsPayload? records) = _segments is null
            ? (SegmentReadStatus.NotTiered, null)
            : await _segments.ReadAsync(
                partition.Id, from, request.MaxBytes, request.AtLeastOne, request.MayWaitForMemory, cancellationToken);
        if (status == SegmentReadStatus.Read)
        {
            _instruments.BytesRead(records?.Length ?? 0, "segment");
            return (ErrorCode.None, records);
        }

        // What was not below the log start before has been deleted meanwhile; anything else is lost.
        return status == SegmentReadStatus.BelowLogStart || from < partition.Log.LogStartOffset
            ? (ErrorCode.OffsetOutOfRange, null)
            : throw new CorruptDataException(
                $"Offset {from} of partition {partition.Id} is neither in the journal nor in the segments of its manifest.");
    }
}
