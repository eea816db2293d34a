using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// Finds records by time in segments: manifest, page, footer and chunk each say what the greatest timestamp below them is, so that one of each is read.
/// Thread-safe.
/// </summary>
internal sealed class SegmentLookup(SegmentReader reader, SegmentDirectory directory, BlockCache cache)
{
    /// <summary>The first record at or after a time in the segments that begin below <paramref name="limit"/>; null if there is none.</summary>
    /// <exception cref="CorruptDataException">What is stored is damaged or missing.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public ValueTask<FoundRecord?> FindAsync(Partition partition, Offset limit, long timestampMs, CancellationToken cancellationToken) => SearchAsync(
        partition, limit, (search, manifest) => FindInManifestAsync(search, manifest, timestampMs), cancellationToken);

    /// <summary>The first record with the greatest timestamp in the segments that begin below <paramref name="limit"/>; null if there are no records.</summary>
    /// <inheritdoc cref="FindAsync" path="/exception"/>
    public ValueTask<FoundRecord?> FindMaxAsync(Partition partition, Offset limit, CancellationToken cancellationToken) => SearchAsync(
        partition, limit, FindMaxInManifestAsync, cancellationToken);

    private async ValueTask<FoundRecord?> SearchAsync(
        Partition partition, Offset limit, Func<Search, Manifest, ValueTask<FoundRecord?>> find, CancellationToken cancellationToken)
    {
        while (true)
        {
            var search = new Search(partition.Id, partition.Log.LogStartOffset, limit, cancellationToken);
            (SegmentReadStatus status, FoundRecord? found) = await reader.WithManifestAsync(
                partition.Id, search.LogStart, manifest => find(search, manifest), cancellationToken);

            // The log start that was read had moved already when the manifest was; what it is now lies in the manifest.
            if (status != SegmentReadStatus.BelowLogStart || partition.Log.LogStartOffset == search.LogStart)
            {
                return found;
            }
        }
    }

    private async ValueTask<FoundRecord?> FindInManifestAsync(Search search, Manifest manifest, long timestampMs)
    {
        for (int page = 0; page < manifest.Pages.Length; page++)
        {
            PageRef reference = manifest.Pages[page];
            if (reference.MaxTimestamp >= timestampMs && search.Covers(reference.FirstOffset, reference.EndOffset))
            {
                ManifestPage loaded = await directory.PageAsync(manifest, page, search.CancellationToken);
                if (await FindInSegmentsAsync(search, loaded.Segments, timestampMs) is { } found)
                {
                    return found;
                }
            }
        }

        return await FindInSegmentsAsync(search, manifest.Recent, timestampMs);
    }

    private async ValueTask<FoundRecord?> FindInSegmentsAsync(Search search, IReadOnlyList<SegmentEntry> segments, long timestampMs)
    {
        for (int i = 0; i < segments.Count; i++)
        {
            SegmentEntry entry = segments[i];
            if (entry.MaxTimestamp < timestampMs || !search.Covers(entry.BaseOffset, entry.EndOffset))
            {
                continue;
            }

            OpenSegment segment = await directory.OpenAsync(search.Partition, entry, search.CancellationToken);
            int chunk = Math.Max(0, segment.Footer.FindChunk(search.LogStart));
            while ((chunk = segment.Footer.FindChunkByTimestamp(timestampMs, chunk)) >= 0)
            {
                if (await FindInChunkAsync(search, segment, chunk++, batch => batch.MaxTimestamp >= timestampMs ? timestampMs : null) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Looks at what may hold the greatest timestamp first. What it promises may lie below the log start; then the search goes on with the next.
    /// </summary>
    private async ValueTask<FoundRecord?> FindMaxInManifestAsync(Search search, Manifest manifest)
    {
        FoundRecord? best = null;
        IEnumerable<(long MaxTimestamp, Offset First, int Page, SegmentEntry Segment)> candidates = manifest.Pages
            .Select((page, index) => (page.MaxTimestamp, page.FirstOffset, page.EndOffset, Index: index, Segment: default(SegmentEntry)))
            .Concat(manifest.Recent.Select(
                segment => (segment.MaxTimestamp, FirstOffset: segment.BaseOffset, segment.EndOffset, Index: -1, Segment: segment)))
            .Where(candidate => search.Covers(candidate.FirstOffset, candidate.EndOffset))
            .OrderByDescending(candidate => candidate.MaxTimestamp)
            .ThenBy(candidate => candidate.FirstOffset.Value)
            .Select(candidate => (candidate.MaxTimestamp, candidate.FirstOffset, candidate.Index, candidate.Segment));
        foreach ((long maxTimestamp, Offset first, int page, SegmentEntry segment) in candidates)
        {
            if (CanBeat(maxTimestamp, first, best))
            {
                FoundRecord? found = page >= 0
                    ? await FindMaxInPageAsync(search, await directory.PageAsync(manifest, page, search.CancellationToken))
                    : await FindMaxInSegmentAsync(search, segment);
                best = Better(best, found);
            }
        }

        return best;
    }

    private async ValueTask<FoundRecord?> FindMaxInPageAsync(Search search, ManifestPage page)
    {
        FoundRecord? best = null;
        IEnumerable<SegmentEntry> candidates = page.Segments
            .Where(segment => search.Covers(segment.BaseOffset, segment.EndOffset))
            .OrderByDescending(segment => segment.MaxTimestamp)
            .ThenBy(segment => segment.BaseOffset.Value);
        foreach (SegmentEntry segment in candidates)
        {
            if (CanBeat(segment.MaxTimestamp, segment.BaseOffset, best))
            {
                best = Better(best, await FindMaxInSegmentAsync(search, segment));
            }
        }

        return best;
    }

    private async ValueTask<FoundRecord?> FindMaxInSegmentAsync(Search search, SegmentEntry entry)
    {
        OpenSegment segment = await directory.OpenAsync(search.Partition, entry, search.CancellationToken);
        FoundRecord? best = null;
        IEnumerable<int> chunks = Enumerable.Range(0, segment.Footer.Chunks.Length)
            .Skip(segment.Footer.FindChunk(search.LogStart))
            .OrderByDescending(chunk => segment.Footer.Chunks[chunk].MaxTimestamp)
            .ThenBy(chunk => chunk);
        foreach (int chunk in chunks)
        {
            if (CanBeat(segment.Footer.Chunks[chunk].MaxTimestamp, segment.Footer.Chunks[chunk].BaseOffset, best))
            {
                best = Better(best, await FindInChunkAsync(
                    search, segment, chunk, batch => batch.MaxTimestamp == segment.Footer.Chunks[chunk].MaxTimestamp ? batch.MaxTimestamp : null));
            }
        }

        return best;
    }

    /// <summary>
    /// The first record in a chunk that has the timestamp, or a later one, that <paramref name="wanted"/> asks of its batch; null asks for none.
    /// </summary>
    private async ValueTask<FoundRecord?> FindInChunkAsync(
        Search search, OpenSegment segment, int chunk, Func<RecordBatchHeader, long?> wanted)
    {
        int index = segment.BlockOf(chunk);
        SegmentBlock? block = await cache.AcquireAsync(segment, index, mayWait: true, search.CancellationToken);
        Core.Invariant.Require(block is not null, "who may wait gets a block");
        try
        {
            long start = segment.Footer.Chunks[chunk].Position;
            ReadOnlyMemory<byte> bytes = block.Bytes[(int)(start - block.Position)..(int)(segment.Footer.ChunkEnd(chunk) - block.Position)];
            var walk = new BatchWalk(bytes.Span);
            while (walk.MoveNext())
            {
                bool isHead = RecordBatchHeader.TryRead(walk.Batch, out RecordBatchHeader header);
                Core.Invariant.Require(isHead, "a batch that was walked has a head");
                if (header.NextOffset > search.LogStart.Value
                    && wanted(header) is { } timestampMs
                    && TimestampLookup.FindInBatch(header, bytes[walk.Start..walk.End], timestampMs, search.LogStart) is { } found)
                {
                    return found;
                }
            }

            return walk.IsMalformed ? throw directory.Malformed(segment, start + walk.End) : null;
        }
        finally
        {
            cache.Release(block);
        }
    }

    private static bool CanBeat(long maxTimestamp, Offset first, FoundRecord? best) => best is not { } known
        || maxTimestamp > known.TimestampMs
        || (maxTimestamp == known.TimestampMs && first.Value < known.Offset);

    private static FoundRecord? Better(FoundRecord? best, FoundRecord? found) =>
        found is { } candidate && CanBeat(candidate.TimestampMs, new Offset(candidate.Offset), best) ? found : best;

    /// <summary>Which records count.</summary>
    private readonly record struct Search(PartitionId Partition, Offset LogStart, Offset Limit, CancellationToken CancellationToken)
    {
        public bool Covers(Offset first, Offset end) => end > LogStart && first < Limit;
    }
}
