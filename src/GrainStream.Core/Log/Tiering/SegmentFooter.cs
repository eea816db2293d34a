using System.Collections.Immutable;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>What a segment says about itself: which records it holds and where. Immutable.</summary>
public sealed record SegmentFooter
{
    public required PartitionId Partition { get; init; }

    /// <summary>Leader epoch of the writer.</summary>
    public required LeaderEpoch Epoch { get; init; }

    /// <summary>First offset the segment stands for.</summary>
    public required Offset BaseOffset { get; init; }

    /// <summary>Offset after the last one it stands for.</summary>
    public required Offset EndOffset { get; init; }

    /// <summary>Bytes of the batches; the footer begins there.</summary>
    public required long DataLength { get; init; }

    /// <summary>Greatest timestamp of its records, Unix milliseconds; -1 if they have none.</summary>
    public required long MaxTimestamp { get; init; }

    public required Timestamp WrittenAt { get; init; }

    public required long RecordCount { get; init; }

    public required int BatchCount { get; init; }

    /// <summary>By position, which is also by offset; empty if compaction left no records.</summary>
    public required ImmutableArray<SegmentChunk> Chunks { get; init; }

    /// <summary>Last words of the idempotent producers, oldest first.</summary>
    public ImmutableArray<SegmentProducer> Producers { get; init; } = [];

    /// <summary>Transactions aborted here, by <see cref="AbortedTransaction.LastOffset"/>.</summary>
    public ImmutableArray<AbortedTransaction> AbortedTransactions { get; init; } = [];

    /// <summary>Where a chunk ends.</summary>
    public long ChunkEnd(int chunk) => chunk + 1 < Chunks.Length ? Chunks[chunk + 1].Position : DataLength;

    /// <summary>
    /// The chunk to begin with for <paramref name="offset"/>: the last that begins at or before it, else the first. Where compaction left a gap, the
    /// first batch beyond the offset may be the first of the next chunk. -1 if there is no chunk.
    /// </summary>
    public int FindChunk(Offset offset)
    {
        int low = 0;
        int high = Chunks.Length - 1;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (Chunks[middle].BaseOffset <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return Chunks.IsEmpty ? -1 : low;
    }

    /// <summary>First chunk from <paramref name="from"/> on with a record at or after a time; -1 if there is none.</summary>
    public int FindChunkByTimestamp(long timestampMs, int from)
    {
        for (int chunk = from; chunk < Chunks.Length; chunk++)
        {
            if (Chunks[chunk].MaxTimestamp >= timestampMs)
            {
                return chunk;
            }
        }

        return -1;
    }

    /// <summary>What contradicts itself in it; null if nothing does.</summary>
    public string? Inconsistency()
    {
        if (BaseOffset.Value < 0 || EndOffset <= BaseOffset || DataLength < 0 || Partition.Index < 0 || Epoch.Value < 0)
        {
            return $"a segment cannot stand for offsets [{BaseOffset}, {EndOffset}) with {DataLength} bytes";
        }

        if (Chunks.IsEmpty != (DataLength == 0) || (!Chunks.IsEmpty && Chunks[0].Position != 0))
        {
            return "the chunks do not cover the batches";
        }

        for (int i = 0; i < Chunks.Length; i++)
        {
            SegmentChunk chunk = Chunks[i];
            bool isInOrder = i == 0 || (chunk.Position > Chunks[i - 1].Position && chunk.BaseOffset > Chunks[i - 1].BaseOffset);
            if (!isInOrder || chunk.Position >= DataLength || chunk.BaseOffset < BaseOffset || chunk.BaseOffset >= EndOffset)
            {
                return $"chunk {i} is out of order";
            }
        }

        return BatchCount < Chunks.Length || RecordCount < 0 ? "there are fewer batches than chunks" : null;
    }
}
