using System.Buffers;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// Finds and opens segments for readers: manifest, page, footer, each kept in a bounded cache; and fetches their blocks, every chunk verified before
/// anything of it is seen. What cannot be right is fetched again before it counts as damaged. Thread-safe.
/// </summary>
/// <param name="store">Where the segments are.</param>
/// <param name="manifests">The manifests.</param>
internal sealed class SegmentDirectory(IObjectStore store, ManifestStore manifests)
{
    /// <summary>Footers kept: 16 MiB, those of 60 segments of 1 GiB or of some 10,000 small ones.</summary>
    private const long FooterCacheBytes = 16 * 1024 * 1024;

    private readonly ByteBoundedCache<SegmentName, OpenSegment> _open = new(FooterCacheBytes, static segment => segment.MemoryBytes);

    /// <summary>
    /// The partition's manifest; null if it has none. <paramref name="fresh"/> reads it anew, for who found that the one at hand is out of date.
    /// </summary>
    public async ValueTask<Manifest?> ManifestAsync(PartitionId partition, bool fresh, CancellationToken cancellationToken) =>
        (fresh ? await manifests.LoadAsync(partition, cancellationToken) : await manifests.GetAsync(partition, cancellationToken))?.Manifest;

    /// <summary>A page of a manifest.</summary>
    /// <exception cref="SegmentGoneException">Its object is gone.</exception>
    public async ValueTask<ManifestPage> PageAsync(Manifest manifest, int page, CancellationToken cancellationToken)
    {
        PageRef reference = manifest.Pages[page];
        return await manifests.FindPageAsync(manifest.Partition, reference, cancellationToken)
            ?? throw new SegmentGoneException(PageName.Of(manifest.Partition, reference).ToString());
    }

    /// <summary>The segment that stands for an offset of [S, T).</summary>
    /// <exception cref="SegmentGoneException">A page is gone.</exception>
    public async ValueTask<SegmentEntry> EntryAsync(Manifest manifest, Offset offset, CancellationToken cancellationToken)
    {
        int recent = manifest.FindRecent(offset);
        if (recent >= 0)
        {
            return manifest.Recent[recent];
        }

        int page = manifest.FindPage(offset);
        Core.Invariant.Require(page >= 0, $"offset {offset} lies in the manifest's segments [{manifest.LogStart}, {manifest.End})");
        ManifestPage found = await PageAsync(manifest, page, cancellationToken);
        return found.Segments[found.Find(offset)];
    }

    /// <summary>A segment with its footer.</summary>
    /// <exception cref="SegmentGoneException">Its object is gone.</exception>
    /// <exception cref="CorruptDataException">Its footer is damaged, or it is not the segment that the manifest means.</exception>
    public async ValueTask<OpenSegment> OpenAsync(PartitionId partition, SegmentEntry entry, CancellationToken cancellationToken)
    {
        SegmentName name = SegmentName.Of(partition, entry);
        if (_open.TryGet(name, out OpenSegment? open))
        {
            return open;
        }

        return await _open.GetAsync(
                name,
                (Directory: this, Entry: entry),
                static (segment, state) => state.Directory.ReadFooterAsync(segment, state.Entry),
                cancellationToken)
            ?? throw new SegmentGoneException(name.ToString());
    }

    /// <summary>Reads a block and verifies each of its chunks.</summary>
    /// <exception cref="SegmentGoneException">The object is gone.</exception>
    /// <exception cref="CorruptDataException">A chunk is damaged.</exception>
    public async ValueTask FetchAsync(OpenSegment segment, int block, Memory<byte> destination, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            long position = segment.BlockPosition(block);
            ObjectRead read = await StoredObjects.ReadAsync(store, segment.ObjectName, position, destination, cancellationToken)
                ?? throw new SegmentGoneException(segment.ObjectName);
            if (FindFault(segment, block, destination.Span[..read.Bytes]) is not { } fault)
            {
                return;
            }

            if (attempt == StoredObjects.Tries)
            {
                throw StoredObjects.Damaged(store, segment.ObjectName, fault);
            }
        }
    }

    /// <summary>The exception for a batch that cannot be walked, although its chunk's checksum is right.</summary>
    public CorruptDataException Malformed(OpenSegment segment, long position) =>
        StoredObjects.Damaged(store, segment.ObjectName, new StoredFault(position, "there is no whole record batch, though the checksum matches"));

    /// <summary>The exception for an object that the newest manifest names and that is not there.</summary>
    public CorruptDataException Missing(string objectName) => StoredObjects.Missing(store, objectName, "the partition's manifest");

    private static StoredFault? FindFault(OpenSegment segment, int block, ReadOnlySpan<byte> bytes)
    {
        long position = segment.BlockPosition(block);
        int length = segment.BlockLength(block);
        if (bytes.Length < length)
        {
            return new StoredFault(position + bytes.Length, $"the object ends there and should have {segment.Entry.Length} bytes");
        }

        for (int chunk = segment.FirstChunk(block); chunk < segment.EndChunk(block); chunk++)
        {
            long start = segment.Footer.Chunks[chunk].Position;
            long end = segment.Footer.ChunkEnd(chunk);
            if (Crc32C.Compute(bytes[(int)(start - position)..(int)(end - position)]) != segment.Footer.Chunks[chunk].Crc)
            {
                return new StoredFault(start, $"the checksum of the chunk that ends at byte {end} does not match");
            }
        }

        return null;
    }

    private async ValueTask<OpenSegment?> ReadFooterAsync(SegmentName name, SegmentEntry entry)
    {
        string objectName = name.ToString();
        int length = checked((int)(entry.Length - entry.DataLength));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                ObjectRead? answer = await StoredObjects.ReadAsync(
                    store, objectName, entry.DataLength, buffer.AsMemory(0, length), CancellationToken.None);
                if (answer is not { } read)
                {
                    return null;
                }

                if (TryOpen(name, entry, buffer.AsSpan(0, read.Bytes), read.ObjectLength, out OpenSegment? open, out StoredFault fault))
                {
                    return open;
                }

                if (attempt == StoredObjects.Tries)
                {
                    throw StoredObjects.Damaged(store, objectName, fault);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryOpen(
        SegmentName name, in SegmentEntry entry, ReadOnlySpan<byte> bytes, long objectLength, out OpenSegment? open, out StoredFault fault)
    {
        open = null;
        if (objectLength != entry.Length)
        {
            fault = new StoredFault(Math.Min(objectLength, entry.Length), $"the object has {objectLength} bytes and should have {entry.Length}");
            return false;
        }

        if (!SegmentFooterCodec.TryDecode(bytes, out SegmentFooter? footer, out SegmentTrailer trailer, out fault))
        {
            fault = fault.At(entry.DataLength);
            return false;
        }

        bool isTheOne = trailer.FooterCrc == entry.FooterCrc
            && footer.Partition == name.Partition
            && footer.BaseOffset == entry.BaseOffset
            && footer.EndOffset == entry.EndOffset
            && footer.DataLength == entry.DataLength;
        fault = isTheOne ? default : new StoredFault(entry.DataLength, "the footer is sound, but is not that of the segment that the manifest names");
        open = isTheOne ? new OpenSegment(name.Partition, entry, footer) : null;
        return isTheOne;
    }
}
