using System.Buffers;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering.Compaction;

/// <summary>
/// Reads one segment from its first batch to its last, a stretch of whole chunks at a time, past the cache that readers share: compaction reads
/// everything once and would push out what they want. Every byte is verified before it is given. For one caller at a time.
/// </summary>
internal sealed class SegmentScan : IDisposable
{
    /// <summary>Bytes of a stretch, unless one chunk alone is larger: a store's time per call does not count then.</summary>
    public const int StretchBytes = 4 * 1024 * 1024;

    private readonly IObjectStore _store;
    private readonly string _name;
    private byte[] _buffer = [];
    private int _nextChunk;
    private int _filled;

    private SegmentScan(IObjectStore store, string name, SegmentFooter footer)
    {
        _store = store;
        _name = name;
        Footer = footer;
    }

    public SegmentFooter Footer { get; }

    /// <summary>The batches of the stretch, back to back. Valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Batches => _buffer.AsMemory(0, _filled);

    /// <summary>Reads the segment's footer.</summary>
    /// <exception cref="CorruptDataException">The object is missing or damaged.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public static async ValueTask<SegmentScan> OpenAsync(
        IObjectStore store, PartitionId partition, SegmentEntry entry, CancellationToken cancellationToken)
    {
        string name = SegmentName.Of(partition, entry).ToString();
        byte[] content = new byte[checked((int)(entry.Length - entry.DataLength))];
        for (int attempt = 1; ; attempt++)
        {
            ObjectRead read = await StoredObjects.ReadAsync(store, name, entry.DataLength, content, cancellationToken)
                ?? throw StoredObjects.Missing(store, name, "the manifest");
            bool isFooter = SegmentFooterCodec.TryDecode(content, out SegmentFooter? footer, out SegmentTrailer trailer, out StoredFault fault);
            if (isFooter && trailer.FooterCrc == entry.FooterCrc && footer!.Partition == partition && read.ObjectLength == entry.Length)
            {
                return new SegmentScan(store, name, footer);
            }

            if (attempt == StoredObjects.Tries)
            {
                throw StoredObjects.Damaged(
                    store, name, isFooter ? new StoredFault(entry.DataLength, "its footer is not the one that the manifest names") : fault.At(entry.DataLength));
            }
        }
    }

    /// <summary>Reads the next stretch; false at the end.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        int first = _nextChunk;
        if (first >= Footer.Chunks.Length)
        {
            _filled = 0;
            return false;
        }

        long start = Footer.Chunks[first].Position;
        int last = first;
        while (last + 1 < Footer.Chunks.Length && Footer.ChunkEnd(last + 1) - start <= StretchBytes)
        {
            last++;
        }

        _filled = 0;
        int length = checked((int)(Footer.ChunkEnd(last) - start));
        Reserve(length);
        for (int attempt = 1; ; attempt++)
        {
            ObjectRead? read = await StoredObjects.ReadAsync(_store, _name, start, _buffer.AsMemory(0, length), cancellationToken)
                ?? throw StoredObjects.Missing(_store, _name, "the manifest");
            int damaged = read.Value.Bytes == length ? FindDamaged(first, last) : first;
            if (damaged < 0)
            {
                break;
            }

            if (attempt == StoredObjects.Tries)
            {
                throw StoredObjects.Damaged(_store, _name, new StoredFault(Footer.Chunks[damaged].Position, "the checksum of its chunk does not match"));
            }
        }

        _filled = length;
        _nextChunk = last + 1;
        return true;
    }

    /// <summary>Cuts the batch that begins at <paramref name="position"/> of <see cref="Batches"/>.</summary>
    /// <exception cref="CorruptDataException">There is no whole batch, though the checksums are right.</exception>
    public ReadOnlyMemory<byte> BatchAt(int position, out RecordBatchHeader header)
    {
        ReadOnlyMemory<byte> rest = Batches[position..];
        bool isWhole = RecordBatchHeader.TryRead(rest.Span, out header)
            && header.TotalSize >= RecordBatchHeader.Size
            && header.TotalSize <= rest.Length;
        return isWhole
            ? rest[..header.TotalSize]
            : throw StoredObjects.Damaged(_store, _name, new StoredFault(position, "a stretch of whole batches ends within one"));
    }

    public void Dispose() => Return();

    private int FindDamaged(int first, int last)
    {
        long start = Footer.Chunks[first].Position;
        for (int chunk = first; chunk <= last; chunk++)
        {
            SegmentChunk expected = Footer.Chunks[chunk];
            int length = (int)(Footer.ChunkEnd(chunk) - expected.Position);
            if (Crc32C.Compute(_buffer.AsSpan((int)(expected.Position - start), length)) != expected.Crc)
            {
                return chunk;
            }
        }

        return -1;
    }

    private void Reserve(int length)
    {
        if (_buffer.Length < length)
        {
            Return();
            _buffer = ArrayPool<byte>.Shared.Rent(length);
        }
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
