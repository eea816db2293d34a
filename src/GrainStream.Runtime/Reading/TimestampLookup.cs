using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading;

/// <summary>Finds committed records of a partition's tail by time, for ListOffsets. Thread-safe.</summary>
/// <remarks>
/// A batch whose records cannot be read (its codec's library is missing, it unfolds to too much, they are malformed) answers with its first
/// offset: at or before the record meant, never after it.
/// </remarks>
internal sealed class TimestampLookup(IJournal journal)
{
    /// <summary>Most bytes a compressed batch may unfold to while it is searched; beyond it the batch's first offset is the answer.</summary>
    private const int MaxDecompressedBytes = 64 * 1024 * 1024;

    /// <summary>The first committed record of the tail at or after <paramref name="timestampMs"/>; null if there is none.</summary>
    public async ValueTask<FoundRecord?> FindAsync(Partition partition, long timestampMs, CancellationToken cancellationToken)
    {
        Offset end = partition.Log.HighWatermark;
        using var stretch = new JournalStretch(journal);
        TailIndexSnapshot index = partition.Log.Index.Snapshot();
        for (long next = index.FirstRun; index.TryFindByTimestamp(timestampMs, next, out long run); next = run + 1)
        {
            RunEntry entry = index[run];
            if (!await stretch.LoadAsync(entry.Start, entry.End, entry.End, cancellationToken))
            {
                // Given back meanwhile: where the batches are now, the index says now.
                index = partition.Log.Index.Snapshot();
                run = index.FirstRun - 1;
                continue;
            }

            if (FindInRun(stretch, entry, partition, end, timestampMs) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The first committed record of the tail with the greatest timestamp; null if there are no records.</summary>
    public async ValueTask<FoundRecord?> FindMaxAsync(Partition partition, CancellationToken cancellationToken)
    {
        Offset end = partition.Log.HighWatermark;
        using var stretch = new JournalStretch(journal);
        TailIndexSnapshot index = partition.Log.Index.Snapshot();

        // The newest run's greatest timestamp may belong to a batch that is not committed; what is found in it is compared with the runs before.
        FoundRecord? best = null;
        for (Offset before = end; index.TryFindMaxTimestamp(before, out long run);)
        {
            RunEntry entry = index[run];
            if (!await stretch.LoadAsync(entry.Start, entry.End, entry.End, cancellationToken))
            {
                index = partition.Log.Index.Snapshot();
                (before, best) = (end, null);
                continue;
            }

            FoundRecord? found = FindMaxInRun(stretch, entry, partition, end);
            if (found is { } candidate && (best is null || candidate.TimestampMs >= best.Value.TimestampMs))
            {
                best = found;
            }

            if (best is not null && best.Value.TimestampMs >= entry.MaxTimestamp)
            {
                break;
            }

            before = entry.BaseOffset;
        }

        return best;
    }

    private static FoundRecord? FindInRun(JournalStretch stretch, in RunEntry run, Partition partition, Offset end, long timestampMs)
    {
        Offset logStart = partition.Log.LogStartOffset;
        bool hasSeenAll = false;
        FrameWalker walker = stretch.Walk(run.Start, run.End, partition.Id);
        while (!hasSeenAll && walker.MoveNext())
        {
            RecordBatchHeader batch = HeaderOf(walker);
            if (batch.BaseOffset < end.Value
                && batch.NextOffset > logStart.Value
                && batch.MaxTimestamp >= timestampMs
                && FindInBatch(batch, stretch.PayloadOf(walker.Frame), timestampMs, logStart) is { } found)
            {
                return found;
            }

            hasSeenAll = batch.NextOffset >= end.Value;
        }

        RequireWhole(stretch, walker, run, hasSeenAll);
        return null;
    }

    private static FoundRecord? FindMaxInRun(JournalStretch stretch, in RunEntry run, Partition partition, Offset end)
    {
        Offset logStart = partition.Log.LogStartOffset;
        FoundRecord? best = null;
        bool hasSeenAll = false;
        FrameWalker walker = stretch.Walk(run.Start, run.End, partition.Id);
        while (!hasSeenAll && walker.MoveNext())
        {
            RecordBatchHeader batch = HeaderOf(walker);
            if (batch.BaseOffset < end.Value
                && batch.NextOffset > logStart.Value
                && (best is null || batch.MaxTimestamp > best.Value.TimestampMs))
            {
                best = FindInBatch(batch, stretch.PayloadOf(walker.Frame), batch.MaxTimestamp, logStart) ?? best;
            }

            hasSeenAll = batch.NextOffset >= end.Value;
        }

        RequireWhole(stretch, walker, run, hasSeenAll);
        return best;
    }

    private static RecordBatchHeader HeaderOf(in FrameWalker walker)
    {
        bool isBatch = RecordBatchHeader.TryRead(walker.Batch, out RecordBatchHeader batch);
        Core.Invariant.Require(isBatch, "a batch frame holds a batch");
        return batch;
    }

    private static void RequireWhole(JournalStretch stretch, in FrameWalker walker, in RunEntry run, bool hasSeenAll)
    {
        if (!hasSeenAll && walker.Next < run.End)
        {
            throw stretch.DamagedAt(walker.Next);
        }
    }

    /// <summary>The first record of a batch at or after a time; null if there is none at or above the log start.</summary>
    internal static FoundRecord? FindInBatch(in RecordBatchHeader batch, ReadOnlyMemory<byte> bytes, long timestampMs, Offset logStart)
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
