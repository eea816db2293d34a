using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Runtime.Reading;

/// <summary>Answers readers of this node's partitions. Thread-safe; does not enter the partitions' machines.</summary>
public sealed class LogReader
{
    private readonly TailReader _tail;
    private readonly TimestampLookup _timestamps;
    private readonly ILogger _logger;

    internal LogReader(IJournal journal, long diskReadBytes, RuntimeInstruments instruments, ILogger logger)
    {
        _tail = new TailReader(journal, new DiskReadBudget(diskReadBytes), instruments);
        _timestamps = new TimestampLookup(journal);
        _logger = logger;
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

        ValueTask<TailRead> reading = _tail.ReadAsync(
            partition,
            new BatchSelection(partition.Id, new Offset(request.FetchOffset), highWatermark, request.MaxBytes, request.AtLeastOne),
            request.MayWaitForMemory,
            cancellationToken);
        return reading.IsCompletedSuccessfully
            ? ValueTask.FromResult(Answer(reading.Result, log, logStart, highWatermark))
            : FinishAsync(reading, partition, request.FetchOffset, logStart, highWatermark);
    }

    /// <summary>The first committed record at or after a time; null if there is none.</summary>
    /// <exception cref="CorruptDataException">Stored bytes are damaged.</exception>
    /// <exception cref="StorageUnavailableException">The disk failed to answer.</exception>
    public ValueTask<FoundRecord?> FindByTimestampAsync(Partition partition, long timestampMs, CancellationToken cancellationToken) =>
        _timestamps.FindAsync(partition, timestampMs, cancellationToken);

    /// <summary>The first committed record with the greatest timestamp; null if there are no records.</summary>
    /// <inheritdoc cref="FindByTimestampAsync" path="/exception"/>
    public ValueTask<FoundRecord?> FindMaxTimestampAsync(Partition partition, CancellationToken cancellationToken) =>
        _timestamps.FindMaxAsync(partition, cancellationToken);

    private async ValueTask<PartitionRead> FinishAsync(
        ValueTask<TailRead> reading, Partition partition, long fetchOffset, Offset logStart, Offset highWatermark)
    {
        try
        {
            return Answer(await reading, partition.Log, logStart, highWatermark);
        }
        catch (Exception cause) when (cause is CorruptDataException or StorageUnavailableException)
        {
            RuntimeLog.ReadFailed(_logger, partition.TopicName, partition.Id.Index, fetchOffset, cause);
            return new PartitionRead(ErrorCode.KafkaStorageError, logStart.Value, highWatermark.Value, null);
        }
    }

    // What lies below the tail's index, and was not below the log start before, has been deleted meanwhile.
    private static PartitionRead Answer(in TailRead read, PartitionLog log, Offset logStart, Offset highWatermark) =>
        read.Outcome == TailReadOutcome.BelowTail
            ? new PartitionRead(ErrorCode.OffsetOutOfRange, log.LogStartOffset.Value, highWatermark.Value, null)
            : new PartitionRead(ErrorCode.None, logStart.Value, highWatermark.Value, read.Records);
}
