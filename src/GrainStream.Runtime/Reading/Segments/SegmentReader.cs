using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// Reads batches of a partition that lie in segments. Once manifest, page and footer are at hand, a read costs nothing but its blocks, and for a reader that
/// goes on where it stopped those are fetched ahead. Thread-safe.
/// </summary>
internal sealed class SegmentReader(SegmentDirectory directory, BlockCache cache) : IAsyncDisposable
{
    /// <summary>Most bytes that one read returns, but for a single larger batch: what a slow client can hold of the cache.</summary>
    private const int MaxReadBytes = 4 * 1024 * 1024;

    /// <summary>Blocks fetched ahead of a sequential reader: enough to hide 20 ms of a store's answering time at 150 MB/s.</summary>
    private const int AheadBlocks = 3;

    /// <summary>Times that a manifest is read again because its objects went away under a reader.</summary>
    private const int MaxReloads = 5;

    private readonly ReadAheadMarks _marks = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _openings = [];
    private bool _isClosed;

    /// <summary>Reads from the first batch that reaches beyond <paramref name="from"/> on.</summary>
    /// <param name="partition">Whose batches.</param>
    /// <param name="from">The fetch offset; below the high watermark.</param>
    /// <param name="maxBytes">Bytes to stay within.</param>
    /// <param name="atLeastOne">Return the first batch even if it alone exceeds the limit.</param>
    /// <param name="mayWait">Whether to wait for memory. Not for who holds an earlier read unsent; it gets nothing this time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CorruptDataException">What is stored is damaged or missing.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public ValueTask<(SegmentReadStatus Status, RecordsPayload? Records)> ReadAsync(
        PartitionId partition, Offset from, int maxBytes, bool atLeastOne, bool mayWait, CancellationToken cancellationToken) => WithManifestAsync(
            partition,
            from,
            async manifest =>
            {
                using var selection = new SegmentSelection(cache, from, Math.Min(maxBytes, MaxReadBytes), atLeastOne);
                await SelectAsync(manifest, from, selection, mayWait, cancellationToken);
                return (RecordsPayload?)selection.ToPayload();
            },
            cancellationToken);

    /// <summary>
    /// Does something with the manifest that stands for <paramref name="from"/>, and again with a newer one if objects have gone away meanwhile.
    /// </summary>
    public async ValueTask<(SegmentReadStatus Status, T? Result)> WithManifestAsync<T>(
        PartitionId partition, Offset from, Func<Manifest, ValueTask<T?>> read, CancellationToken cancellationToken)
    {
        SegmentGoneException? gone = null;
        long goneVersion = -1;
        for (int attempt = 0; ; attempt++)
        {
            Manifest? manifest = await directory.ManifestAsync(partition, fresh: attempt > 0, cancellationToken);
            if (manifest is null || from >= manifest.End)
            {
                if (attempt == 0 && manifest is not null)
                {
                    // More may have been uploaded since.
                    continue;
                }

                return (SegmentReadStatus.NotTiered, default);
            }

            if (from < manifest.LogStart)
            {
                return (SegmentReadStatus.BelowLogStart, default);
            }

            if (gone is not null && (manifest.Version == goneVersion || attempt > MaxReloads))
            {
                throw directory.Missing(gone.ObjectName);
            }

            try
            {
                return (SegmentReadStatus.Read, await read(manifest));
            }
            catch (SegmentGoneException cause)
            {
                gone = cause;
                goneVersion = manifest.Version;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] openings;
        lock (_lock)
        {
            _isClosed = true;
            openings = [.. _openings];
        }

        await Task.WhenAll(openings);
        await cache.DisposeAsync();
    }

    private async ValueTask SelectAsync(
        Manifest manifest, Offset from, SegmentSelection selection, bool mayWait, CancellationToken cancellationToken)
    {
        Offset at = from;
        while (!selection.IsComplete && at < manifest.End)
        {
            SegmentEntry entry = await directory.EntryAsync(manifest, at, cancellationToken);
            OpenSegment segment = await directory.OpenAsync(manifest.Partition, entry, cancellationToken);
            if (!await SelectFromAsync(manifest, segment, at, selection, mayWait, cancellationToken))
            {
                return;
            }

            at = entry.EndOffset;
        }
    }

    /// <summary>Selects from one segment. False if the selection ends here.</summary>
    private async ValueTask<bool> SelectFromAsync(
        Manifest manifest, OpenSegment segment, Offset from, SegmentSelection selection, bool mayWait, CancellationToken cancellationToken)
    {
        int chunk = segment.Footer.FindChunk(from);
        while (chunk >= 0 && chunk < segment.Footer.Chunks.Length)
        {
            // Nobody who holds a block waits for another: then the answer is shorter.
            int block = segment.BlockOf(chunk);
            SegmentBlock? loaded = await cache.AcquireAsync(segment, block, mayWait && selection.Bytes == 0, cancellationToken);
            if (loaded is null)
            {
                return false;
            }

            bool wasEmpty = selection.FirstPosition < 0;
            long malformed = selection.Take(loaded, chunk);
            if (malformed >= 0)
            {
                throw directory.Malformed(segment, malformed);
            }

            if (wasEmpty && selection.FirstPosition >= 0)
            {
                selection.IsSequential = _marks.Has(manifest.Partition, segment.Entry.BaseOffset, selection.FirstPosition);
            }

            Mark(manifest.Partition, segment, selection);
            if (selection.IsSequential)
            {
                FetchAhead(manifest, segment, block + 1);
            }

            // Who has only just come may want no more than this: a read anywhere costs one page, one footer and one block.
            if (selection.IsComplete || (selection.Bytes > 0 && !selection.IsSequential))
            {
                return false;
            }

            chunk = segment.EndChunk(block);
        }

        return true;
    }

    /// <summary>Remembers where the next read of a sequential reader will begin.</summary>
    private void Mark(PartitionId partition, OpenSegment segment, SegmentSelection selection)
    {
        if (selection.EndPosition < segment.Entry.DataLength)
        {
            _marks.Set(partition, segment.Entry.BaseOffset, selection.EndPosition);
        }
        else
        {
            _marks.Set(partition, segment.Entry.EndOffset, 0);
        }
    }

    private void FetchAhead(Manifest manifest, OpenSegment segment, int block)
    {
        int end = block + AheadBlocks;
        for (; block < end && block < segment.BlockCount; block++)
        {
            cache.FetchAhead(segment, block);
        }

        if (block < end && segment.Entry.EndOffset < manifest.End)
        {
            OpenAhead(manifest, segment.Entry.EndOffset, end - block);
        }
    }

    /// <summary>Fetches the beginning of the next segment, in the background; awaited when the reader is disposed.</summary>
    private void OpenAhead(Manifest manifest, Offset next, int blocks)
    {
        lock (_lock)
        {
            _openings.RemoveWhere(static done => done.IsCompleted);
            if (_isClosed || _openings.Count >= 16)
            {
                return;
            }
        }

        Task opening = OpenAheadAsync(manifest, next, blocks);
        if (!opening.IsCompleted)
        {
            lock (_lock)
            {
                _openings.Add(opening);
            }
        }
    }

    private async Task OpenAheadAsync(Manifest manifest, Offset next, int blocks)
    {
        try
        {
            SegmentEntry entry = await directory.EntryAsync(manifest, next, CancellationToken.None);
            OpenSegment segment = await directory.OpenAsync(manifest.Partition, entry, CancellationToken.None);
            for (int block = 0; block < Math.Min(blocks, segment.BlockCount); block++)
            {
                cache.FetchAhead(segment, block);
            }
        }
        catch (Exception cause) when (cause is SegmentGoneException or CorruptDataException or StorageUnavailableException)
        {
            // Nobody has asked for it yet. Who does meets the failure himself and reports it.
        }
    }
}
