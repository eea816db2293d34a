using System.Security.Cryptography;
using GrainStream.Core;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// Writes one segment: takes batches in order, streams them to the object store in blocks, and adds the footer. For one caller at a time; disposed in any case.
/// A writer that failed is of no more use: begin another, which gets another name. What it left behind is swept.
/// <para>
/// Damage: each batch's own CRC is checked as it comes in, so that nothing damaged is uploaded. After the upload the object's length, footer and trailer are
/// read back and compared. The batches are not read back, which would double the traffic: what the store or the way there spoilt is found by the chunks'
/// CRCs when they are read, or by an inspection.
/// </para>
/// <para>Memory: at most two blocks of 8 MiB, one being filled and one being uploaded; one smaller block for a small segment.</para>
/// </summary>
public sealed class SegmentWriter : IAsyncDisposable
{
    /// <summary>Size of the blocks: large enough that a store's time per call does not count, small enough for several uploads at once.</summary>
    private const int MaxBlockBytes = 8 * 1024 * 1024;

    private const int MinBlockBytes = 64 * 1024;

    /// <summary>Times that a stored segment is asked for before the store counts as away.</summary>
    private const int VerifyTries = 6;

    private readonly IObjectStore _store;
    private readonly IObjectUpload _upload;
    private readonly TimeProvider _time;
    private readonly SegmentFooterBuilder _footer;
    private readonly int _blockBytes;
    private UploadBlock _filling;
    private UploadBlock? _sending;
    private Task _sent = Task.CompletedTask;
    private int _filled;
    private bool _isDisposed;

    private SegmentWriter(IObjectStore store, IObjectUpload upload, SegmentName name, long expectedBytes, TimeProvider time)
    {
        _store = store;
        _upload = upload;
        _time = time;
        Name = name;
        _footer = new SegmentFooterBuilder(name.Partition, name.BaseOffset, name.Epoch);
        _blockBytes = (int)Math.Clamp(expectedBytes, MinBlockBytes, MaxBlockBytes);
        _filling = UploadBlock.Rent(_blockBytes, MaxBlockBytes);
    }

    /// <summary>The object's name.</summary>
    public SegmentName Name { get; }

    /// <summary>Bytes of the batches so far.</summary>
    public long DataLength => _footer.DataLength;

    /// <summary>Offset after the last record so far.</summary>
    public Offset NextOffset => _footer.NextOffset;

    /// <summary>Begins a segment under a new name.</summary>
    /// <param name="store">Where to.</param>
    /// <param name="partition">Whose records.</param>
    /// <param name="baseOffset">First offset it stands for.</param>
    /// <param name="epoch">The writer's leader epoch.</param>
    /// <param name="expectedBytes">About how much will come: a small segment gets a small buffer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public static async ValueTask<SegmentWriter> CreateAsync(
        IObjectStore store,
        PartitionId partition,
        Offset baseOffset,
        LeaderEpoch epoch,
        long expectedBytes,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var name = new SegmentName(partition, baseOffset, epoch, NewSalt());
        IObjectUpload upload = await store.CreateAsync(name.ToString(), cancellationToken);
        return new SegmentWriter(store, upload, name, expectedBytes, time);
    }

    /// <summary>A random number for a name that is not to be used twice.</summary>
    public static ulong NewSalt()
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        return BitConverter.ToUInt64(random);
    }

    /// <summary>Adds batches, whole and back to back, with base offsets and leader epochs in place.</summary>
    /// <param name="batches">Borrowed until the call completes.</param>
    /// <param name="cancellationToken">Gives up waiting; the writer is of no more use then.</param>
    /// <exception cref="CorruptDataException">A batch's bytes are not those its CRC was made of.</exception>
    /// <exception cref="StorageUnavailableException">The upload failed.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> batches, CancellationToken cancellationToken)
    {
        while (!batches.IsEmpty)
        {
            int size = Note(batches.Span);
            await CopyAsync(batches[..size], cancellationToken);
            batches = batches[size..];
        }
    }

    /// <inheritdoc cref="SegmentFooterBuilder.CarryProducer"/>
    public void CarryProducer(in SegmentProducer producer) => _footer.CarryProducer(producer);

    /// <summary>Finishes the segment and makes sure that it is stored.</summary>
    /// <param name="endOffset">Offset after the last that it stands for; at least <see cref="NextOffset"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the object may be there then.</param>
    /// <returns>What the manifest is to say about it.</returns>
    /// <exception cref="StorageUnavailableException">It was not stored, or that could not be made sure of: write it anew.</exception>
    /// <exception cref="CorruptDataException">What is stored differs from what was written.</exception>
    /// <exception cref="FencedException">Another object has the name, which only somebody who broke the rules can have given it.</exception>
    public async ValueTask<SegmentEntry> CompleteAsync(Offset endOffset, CancellationToken cancellationToken)
    {
        SegmentFooter footer = _footer.Build(endOffset, new Timestamp(_time.GetUtcNow().ToUnixTimeMilliseconds()));
        byte[] content = SegmentFooterCodec.Encode(footer, out uint footerCrc);
        await CopyAsync(content, cancellationToken);
        await SendAsync(cancellationToken);
        await _sent;
        Exception? unsettled = null;
        try
        {
            await _upload.CompleteAsync(cancellationToken);
        }
        catch (Exception cause) when (cause is FencedException or StorageUnavailableException)
        {
            // It may be there all the same: reading it back tells.
            unsettled = cause;
        }

        var entry = new SegmentEntry(
            footer.BaseOffset,
            endOffset,
            footer.DataLength + content.Length,
            footer.DataLength,
            footer.MaxTimestamp,
            footer.WrittenAt,
            footer.Epoch,
            Name.Salt,
            footerCrc);
        await VerifyAsync(entry, content, unsettled, cancellationToken);
        return entry;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;

        try
        {
            // The buffer is the upload's until then.
            await _sent;
        }
        catch (Exception)
        {
            // Whoever went on with the writer has been told; for who gives it up it does not matter.
        }

        await _upload.DisposeAsync();
        _filling.Dispose();
        _sending?.Dispose();
    }

    /// <summary>Checks the batch that <paramref name="batches"/> begins with, and takes note of it; returns its size.</summary>
    private int Note(ReadOnlySpan<byte> batches)
    {
        bool isWhole = RecordBatchHeader.TryRead(batches, out RecordBatchHeader header)
            && header.Magic == RecordBatchHeader.CurrentMagic
            && header.TotalSize >= RecordBatchHeader.Size
            && header.TotalSize <= batches.Length;
        if (!isWhole)
        {
            throw new CorruptDataException($"At offset {NextOffset} of partition {Name.Partition} there is no whole batch; it was not uploaded.");
        }

        ReadOnlySpan<byte> batch = batches[..header.TotalSize];
        if (Crc32C.Compute(batch[RecordBatchHeader.CrcCoverageStart..]) != header.Crc)
        {
            throw new CorruptDataException(
                $"The batch at offset {header.BaseOffset} of partition {Name.Partition} is damaged: its CRC does not match. It was not uploaded.");
        }

        uint headCrc = Crc32C.Compute(batch[..RecordBatchHeader.CrcCoverageStart]);
        _footer.Add(header, Crc32C.Combine(headCrc, header.Crc, batch.Length - RecordBatchHeader.CrcCoverageStart));
        return batch.Length;
    }

    private async ValueTask CopyAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            int piece = Math.Min(bytes.Length, _blockBytes - _filled);
            bytes.Span[..piece].CopyTo(_filling.Memory.Span[_filled..]);
            bytes = bytes[piece..];
            _filled += piece;
            if (_filled == _blockBytes)
            {
                await SendAsync(cancellationToken);
            }
        }
    }

    /// <summary>Hands the filled block to the upload, once the one before is through.</summary>
    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _sent;
        if (_filled == 0)
        {
            return;
        }

        UploadBlock next = _sending ?? UploadBlock.Rent(_blockBytes, MaxBlockBytes);
        _sending = _filling;
        _filling = next;
        _sent = _upload.WriteAsync(_sending.Memory[.._filled], cancellationToken).AsTask();
        _filled = 0;
    }

    /// <summary>Reads back what the object says about itself.</summary>
    private async ValueTask VerifyAsync(SegmentEntry entry, byte[] content, Exception? unsettled, CancellationToken cancellationToken)
    {
        string name = Name.ToString();
        byte[] stored = new byte[content.Length];
        int differences = 0;
        for (var delay = new RetryDelay(_time); ; await delay.WaitAsync(cancellationToken))
        {
            ObjectRead? read;
            try
            {
                read = await StoredObjects.ReadAsync(_store, name, entry.DataLength, stored, cancellationToken);
            }
            catch (StorageUnavailableException cause) when (delay.Count < VerifyTries)
            {
                unsettled ??= cause;
                continue;
            }

            if (read is null)
            {
                throw new StorageUnavailableException($"{_store.Location}: segment {name} was not stored.", unsettled);
            }

            if (read.Value.ObjectLength == entry.Length && stored.AsSpan(0, read.Value.Bytes).SequenceEqual(content))
            {
                return;
            }

            if (++differences == StoredObjects.Tries)
            {
                throw unsettled is FencedException fenced
                    ? fenced
                    : StoredObjects.Damaged(_store, name, new StoredFault(entry.DataLength, "the footer that is stored is not the one that was written"));
            }
        }
    }
}
