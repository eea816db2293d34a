using System.Collections.Immutable;
using System.Security.Cryptography;
using GrainStream.Core;
using GrainStream.Core.Log.Compaction;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering.Compaction;

/// <summary>
/// Compacts a partition's segments. A pass reads those that were never cleaned and notes the latest offset of each key, then rewrites all segments from the
/// log's start up to where the keys were noted into new ones, which one change of the manifest puts in their place. Until then nobody sees anything of
/// it; afterwards the old objects stay for those who are reading them. Given up at any point, it leaves objects that nothing names. Thread-safe.
/// <para>
/// Memory of a pass: the map (<see cref="CompactionOptions.MapBytes"/> at most, less for a small partition), one stretch of a segment being read (4 MiB),
/// two blocks being written (16 MiB), and room for one batch decompressed and rewritten (a few MiB with batches of usual size; eight times
/// <see cref="CompactionOptions.MaxBatchBytes"/> at worst, when somebody sends batches that unfold to that).
/// </para>
/// </summary>
/// <param name="store">Where the segments are.</param>
/// <param name="manifests">Reads the pages of manifests.</param>
/// <param name="options">The node's.</param>
/// <param name="time">The clock.</param>
public sealed class Compactor(IObjectStore store, ManifestStore manifests, CompactionOptions options, TimeProvider time)
{
    /// <summary>
    /// Does the work of a pass, if one is due: everything but naming the result. May run beside other changes of the manifest, but not beside a sweep,
    /// which would take the new segments for orphans.
    /// </summary>
    /// <param name="manifest">The partition's, as it is now.</param>
    /// <param name="logStart">S, now and whenever asked: the journal may be ahead of the manifest.</param>
    /// <param name="settings">The topic's.</param>
    /// <param name="segmentBytes">Bytes of batches that a segment should have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What to commit; null if nothing is due, or the segments were deleted meanwhile.</returns>
    /// <exception cref="CorruptDataException">A segment is damaged or missing.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async Task<CompactionDraft?> PrepareAsync(
        Manifest manifest, Func<Offset> logStart, CompactionSettings settings, long segmentBytes, CancellationToken cancellationToken)
    {
        if (manifest.CleanedEnd >= manifest.End)
        {
            return null;
        }

        ImmutableArray<SegmentEntry> segments = await SegmentsOfAsync(manifest, logStart(), cancellationToken);
        Timestamp now = new(time.GetUtcNow().ToUnixTimeMilliseconds());
        if (CompactionPolicy.Decide(segments.AsSpan(), manifest.CleanedEnd, settings, now) is not { } plan)
        {
            return null;
        }

        try
        {
            ImmutableArray<SegmentEntry> run = segments[..plan.Count];
            using CompactionPass pass = new(NewMap(manifest, run), manifest.CleanedEnd, now, settings.DeleteRetentionMs, options.MaxBatchBytes);
            await MapAsync(manifest, run, plan.FirstDirty, pass, cancellationToken);
            run = [.. run.Where(segment => segment.BaseOffset < pass.End)];
            ImmutableArray<SegmentEntry> written = await RewriteAsync(manifest, run, pass, segmentBytes, cancellationToken);
            return new CompactionDraft(manifest.Partition, run, written, pass.End, plan, pass.Counts);
        }
        catch (CorruptDataException) when (logStart() >= segments[0].EndOffset)
        {
            // Retention has let go of segments meanwhile, and they are gone for good.
            return null;
        }
    }

    /// <summary>The change of the manifest that makes a pass count.</summary>
    /// <param name="current">The manifest as it is now: more segments may have come since, and old ones gone.</param>
    /// <param name="draft">The pass.</param>
    /// <param name="stamp">Of the change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The change, to be committed; null if the segments to replace are no longer all there, so that the draft's are orphans.</returns>
    /// <inheritdoc cref="PrepareAsync" path="/exception"/>
    public async Task<ManifestEdit?> EditAsync(Manifest current, CompactionDraft draft, EditStamp stamp, CancellationToken cancellationToken)
    {
        Offset from = draft.Replaced[0].BaseOffset;
        Offset to = draft.Replaced[^1].EndOffset;
        IReadOnlyList<ManifestPage> pages = await manifests.ReadPagesAsync(draft.Partition, current.PagesToReplace(from, to), cancellationToken);
        IEnumerable<SegmentEntry> there = pages.SelectMany(page => page.Segments).Concat(current.Recent)
            .Where(segment => segment.BaseOffset >= from && segment.EndOffset <= to);
        return current.LogStart < draft.Replaced[0].EndOffset && there.SequenceEqual(draft.Replaced)
            ? current.Replace(from, to, draft.Segments, draft.CleanedEnd, pages, stamp)
            : null;
    }

    private async Task<ImmutableArray<SegmentEntry>> SegmentsOfAsync(Manifest manifest, Offset logStart, CancellationToken cancellationToken)
    {
        IReadOnlyList<ManifestPage> pages = await manifests.ReadPagesAsync(manifest.Partition, manifest.Pages, cancellationToken);
        Offset first = logStart > manifest.LogStart ? logStart : manifest.LogStart;
        return [.. pages.SelectMany(page => page.Segments).Concat(manifest.Recent).Where(segment => segment.EndOffset > first)];
    }

    /// <summary>As large as all keys of the dirty segments could need, within the budget; with a secret of its own.</summary>
    private OffsetMap NewMap(Manifest manifest, ImmutableArray<SegmentEntry> run)
    {
        Span<byte> secret = stackalloc byte[2 * sizeof(ulong)];
        RandomNumberGenerator.Fill(secret);
        var hasher = new KeyHasher(BitConverter.ToUInt64(secret), BitConverter.ToUInt64(secret[sizeof(ulong)..]));
        long dirtyFrom = Math.Max(manifest.CleanedEnd.Value, run[0].BaseOffset.Value);
        long budget = Math.Clamp(options.MapBytes, CompactionOptions.MinMapBytes, CompactionOptions.MaxMapBytes);
        return new OffsetMap(budget, run[^1].EndOffset.Value - dirtyFrom, hasher);
    }

    private async Task MapAsync(
        Manifest manifest, ImmutableArray<SegmentEntry> run, int firstDirty, CompactionPass pass, CancellationToken cancellationToken)
    {
        foreach (SegmentEntry segment in run[firstDirty..])
        {
            using SegmentScan scan = await SegmentScan.OpenAsync(store, manifest.Partition, segment, cancellationToken);
            while (await scan.ReadAsync(cancellationToken))
            {
                for (int position = 0; position < scan.Batches.Length;)
                {
                    ReadOnlyMemory<byte> batch = scan.BatchAt(position, out RecordBatchHeader header);
                    position += batch.Length;
                    if (header.NextOffset > manifest.CleanedEnd.Value && !pass.TryMap(batch))
                    {
                        return;
                    }
                }
            }

            pass.EndAt(segment.EndOffset);
        }
    }

    private async Task<ImmutableArray<SegmentEntry>> RewriteAsync(
        Manifest manifest, ImmutableArray<SegmentEntry> run, CompactionPass pass, long segmentBytes, CancellationToken cancellationToken)
    {
        await using var output = new CompactionOutput(store, manifest.Partition, manifest.Epoch, run[0].BaseOffset, segmentBytes, time);
        foreach (SegmentEntry segment in run)
        {
            using SegmentScan scan = await SegmentScan.OpenAsync(store, manifest.Partition, segment, cancellationToken);
            while (await scan.ReadAsync(cancellationToken))
            {
                for (int position = 0; position < scan.Batches.Length;)
                {
                    ReadOnlyMemory<byte> batch = scan.BatchAt(position, out RecordBatchHeader header);
                    position += batch.Length;
                    if (header.BaseOffset >= pass.End.Value)
                    {
                        // Where the pass ends a segment ends: the next one begins to map there.
                        await output.CutAsync(pass.End, cancellationToken);
                    }

                    RewrittenBatch result = pass.Clean(batch);
                    if (result.Outcome != BatchRewriteOutcome.Dropped)
                    {
                        await output.AppendAsync(result.Bytes, cancellationToken);
                    }
                }
            }

            await output.CarryProducersAsync(scan.Footer, cancellationToken);
        }

        return await output.CompleteAsync(run[^1].EndOffset, cancellationToken);
    }
}
