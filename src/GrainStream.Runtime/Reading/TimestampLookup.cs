using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading;

/// <summary>Finds committed records by time, for ListOffsets. Thread-safe.</summary>
/// <remarks>
/// A batch whose records cannot be read (its codec's library is missing, it unfolds to too much, they are malformed) answers with its first
/// offset: at or before the record meant, never after it.
/// </remarks>
internal sealed class TimestampLookup(IJournal journal)
{
    /// <summary>Most bytes a compressed batch may unfold to while it is searched; beyond it the batch's first offset is the answer.</summary>
    private const int MaxDecompressedBytes = 64 * 1024 * 1024;

    /// <summary>The first committed record at or after <paramref name="timestampMs"/>; null if there is none.</summary>
    public async ValueTask<FoundRecord?> FindAsync(Partition partition, long timestampMs, CancellationToken cancellationToken)
    {
        Offset end = partition.Log.HighWatermark;
        TailIndexSnapshot index = partition.Log.Index.Snapshot();
        for (long next = index.FirstRun; index.TryFindByTimestamp(timestampMs, next, out long run); next = run + 1)
        {
            FoundRecord? found = await FindInRunAsync(partition, index[run], end, timestampMs, cancellationToken);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The first committed record with the greatest timestamp; null if there are no records.</summary>
    public async ValueTask<FoundRecord?> FindMaxAsync(Partition partition, CancellationToken cancellationToken)
    {
        Offset end = partition.Log.HighWatermark;
        TailIndexSnapshot index = partition.Log.Index.Snapshot();

        // The newest run's greatest timestamp may belong to a batch that is not committed; what is found in it is compared with the runs before.
        FoundRecord? best = null;
        for (Offset before = end; index.TryFindMaxTimestamp(before, out long run); before = index[run].BaseOffset)
        {
            RunEntry entry = index[run];
            FoundRecord? found = await FindMaxInRunAsync(partition, entry, end, cancellationToken);
            if (found is { } candidate && (best is null || candidate.TimestampMs >= best.Value.TimestampMs))
            {
                best = found;
            }

            if (best is not null && best.Value.TimestampMs >= entry.MaxTimestamp)
            {
                break;
            }
        }

        return best;
    }

    private async ValueTask<FoundRecord?> FindInRunAsync(
        Partition partition, RunEntry run, Offset end, long timestampMs, CancellationToken cancellationToken)
    {
        for (JournalPosition at = run.Start; at < run.End;)
        {
            using FrameCopy frame = await FrameCopy.ReadAsync(journal, at, run.End, cancellationToken);
            at = frame.Header.End;
            if (IsCommittedBatch(frame, partition.Id, end, out RecordBatchHeader batch)
                && batch.NextOffset > partition.Log.LogStartOffset.Value
                && batch.MaxTimestamp >= timestampMs
                && FindInBatch(batch, frame.Payload, timestampMs, partition.Log.LogStartOffset) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private async ValueTask<FoundRecord?> FindMaxInRunAsync(
        Partition partition, RunEntry run, Offset end, CancellationToken cancellationToken)
    {
        FoundRecord? best = null;
        for (JournalPosition at = run.Start; at < run.End;)
        {
            using FrameCopy frame = await FrameCopy.ReadAsync(journal, at, run.End, cancellationToken);
            at = frame.Header.End;
            if (IsCommittedBatch(frame, partition.Id, end, out RecordBatchHeader batch)
                && batch.NextOffset > partition.Log.LogStartOffset.Value
                && (best is null || batch.MaxTimestamp > best.Value.TimestampMs))
            {
                best = FindInBatch(batch, frame.Payload, batch.MaxTimestamp, partition.Log.LogStartOffset) ?? best;
            }
        }

        return best;
    }

    private static bool IsCommittedBatch(FrameCopy frame, PartitionId partition, Offset end, out RecordBatchHeader batch)
    {
        batch = default;
        return frame.Header.HoldsBatch
            && frame.Header.Partition == partition
            && RecordBatchHeader.TryRead(frame.Payload.Span, out batch)
            && batch.BaseOffset < end.Value;
    }

    private static FoundRecord? FindInBatch(in RecordBatchHeader batch, ReadOnlyMemory<byte> bytes, long timestampMs, Offset logStart)
    {
        var first = new FoundRecord(Math.Max(batch.BaseOffset, logStart.Value), batch.MaxTimestamp, batch.PartitionLeaderEpoch);
        if (batch.IsLogAppendTime)
        {
            return first;
        }

        using var records = new PooledBuffer();
        ReadOnlySpan<byte> plain = bytes.Span[RecordBatchHeader.Size..];
        var codec = (CompressionType)batch.Compression;
        if (codec != CompressionType.None)
        {
            var compressed = new ReadOnlySequence<byte>(bytes[RecordBatchHeader.Size..]);
            if (RecordCodec.Decompress(codec, compressed, MaxDecompressedBytes, records) != DecompressionStatus.Done)
            {
                return first;
            }

            plain = records.WrittenSpan;
        }

        var reader = new RecordReader(batch, plain);
        while (reader.TryRead(out Record record))
        {
            if (record.TimestampMs >= timestampMs && record.Offset >= logStart.Value)
            {
                return new FoundRecord(record.Offset, record.TimestampMs, batch.PartitionLeaderEpoch);
            }
        }

        return reader.IsMalformed ? first : null;
    }
}
