using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log.Compaction;

/// <summary>What a pass of compaction has done.</summary>
/// <param name="Batches">Batches looked at.</param>
/// <param name="BytesRead">Their bytes.</param>
/// <param name="BytesKept">Bytes of the batches that took their places.</param>
/// <param name="RecordsKept">Records that stay, without those of unreadable batches.</param>
/// <param name="RecordsRemoved">Records that went.</param>
/// <param name="UnreadableBatches">Batches that stay as they are because their records cannot be read.</param>
/// <param name="FirstUnreadable">Why the first of them cannot be read.</param>
public readonly record struct CompactionCounts(
    long Batches,
    long BytesRead,
    long BytesKept,
    long RecordsKept,
    long RecordsRemoved,
    long UnreadableBatches,
    UnfoldStatus FirstUnreadable)
{
    internal CompactionCounts Plus(in RewrittenBatch batch, int bytesRead)
    {
        bool isUnreadable = batch.Outcome == BatchRewriteOutcome.Unreadable;
        return new CompactionCounts(
            Batches + 1,
            BytesRead + bytesRead,
            BytesKept + batch.Bytes.Length,
            RecordsKept + batch.RecordsKept,
            RecordsRemoved + batch.RecordsRemoved,
            UnreadableBatches + (isUnreadable ? 1 : 0),
            isUnreadable && UnreadableBatches == 0 ? batch.Unfolding : FirstUnreadable);
    }
}
