using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// Reads one journal file front to back in large pieces and checks what it finds. Offsets are bytes from the file's beginning. Spans
/// are valid until the next call.
/// </summary>
internal sealed class FrameScanner(JournalFile file, AlignedBuffer sharedBuffer) : IDisposable
{
    private AlignedBuffer? _larger;
    private long _start;
    private int _length;

    /// <summary>The first byte that is not zero in the padding of the frame read last, which no checksum covers; -1 if all are.</summary>
    public long StrayPadding { get; private set; } = -1;

    private AlignedBuffer Buffer => _larger ?? sharedBuffer;

    /// <summary>
    /// Reads the frame at an offset. False, and why, if there is no whole and sound frame of this very place.
    /// </summary>
    public bool TryReadFrame(long offset, out FrameHeader header, out ReadOnlySpan<byte> payload, out string reason)
    {
        header = default;
        payload = default;
        StrayPadding = -1;
        long room = file.Length - offset;
        ReadOnlySpan<byte> head = room >= FrameHeader.Size ? Bytes(offset, FrameHeader.Size) : default;
        if (!FrameHeader.TryRead(head, out header))
        {
            reason = head.IndexOfAnyExcept((byte)0) < 0 ? "zeros where a frame should be" : "no frame head where one should be";
            return false;
        }

        if (header.Position != file.Base + offset)
        {
            reason = $"a frame head of position {header.Position} where position {file.Base + offset} is";
            return false;
        }

        if (header.PayloadLength > Math.Min(room - FrameHeader.Size, GroupCommit.MaxPayloadBytes))
        {
            reason = $"a frame of {header.PayloadLength} bytes where {room - FrameHeader.Size} are left";
            return false;
        }

        ReadOnlySpan<byte> frame = Bytes(offset, header.TotalSize);
        int contentEnd = FrameHeader.Size + header.PayloadLength;
        if (frame.Length < contentEnd || Crc32C.Compute(frame[FrameHeader.CrcCoverageStart..contentEnd]) != header.Crc)
        {
            reason = $"a frame of {header.PayloadLength} bytes whose checksum does not match";
            return false;
        }

        payload = frame[FrameHeader.Size..contentEnd];
        int stray = frame[contentEnd..].IndexOfAnyExcept((byte)0);
        StrayPadding = stray < 0 ? -1 : offset + contentEnd + stray;
        reason = "";
        return true;
    }

    /// <summary>The first byte that is not zero at or after an offset; -1 if all are zero.</summary>
    public long FirstNonZero(long offset)
    {
        while (offset < file.Length)
        {
            ReadOnlySpan<byte> bytes = Bytes(offset, (int)Math.Min(Buffer.Length - Blocks.Size, file.Length - offset));
            int found = bytes.IndexOfAnyExcept((byte)0);
            if (found >= 0 || bytes.IsEmpty)
            {
                return found < 0 ? -1 : offset + found;
            }

            offset += bytes.Length;
        }

        return -1;
    }

    /// <summary>The last byte that is not zero at or after an offset; -1 if all are zero.</summary>
    public long LastNonZero(long offset)
    {
        long last = -1;
        while (offset < file.Length)
        {
            ReadOnlySpan<byte> bytes = Bytes(offset, (int)Math.Min(Buffer.Length - Blocks.Size, file.Length - offset));
            if (bytes.IsEmpty)
            {
                break;
            }

            int found = bytes.LastIndexOfAnyExcept((byte)0);
            last = found < 0 ? last : offset + found;
            offset += bytes.Length;
        }

        return last;
    }

    /// <summary>
    /// Looks behind a bad frame for a sound one that was appended when the bad one was already synced: proof that the bytes at
    /// <paramref name="badOffset"/> had reached the disk and were damaged there. Otherwise they are an unfinished write.
    /// </summary>
    /// <param name="badOffset">Where the bad frame should be.</param>
    /// <param name="lastNonZero">The last byte that is not zero; no frame begins after it.</param>
    /// <param name="proofOffset">Where the sound frame is.</param>
    public bool FindProofOfSync(long badOffset, long lastNonZero, out long proofOffset)
    {
        long limit = Math.Min(lastNonZero, file.Length - FrameHeader.Size);
        for (proofOffset = badOffset + FrameHeader.Alignment; proofOffset <= limit; proofOffset += FrameHeader.Alignment)
        {
            ReadOnlySpan<byte> head = Bytes(proofOffset, FrameHeader.Size);
            if (FrameHeader.TryRead(head, out FrameHeader header)
                && header.Position == file.Base + proofOffset
                && header.SyncedPosition > file.Base + badOffset
                && TryReadFrame(proofOffset, out _, out _, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Bytes of the file; fewer than asked only where the file is shorter than it claims.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        if (offset < _start || offset + length > _start + _length)
        {
            Fill(offset, length);
        }

        int skip = (int)(offset - _start);
        return Buffer.Span.Slice(skip, Math.Clamp(_length - skip, 0, length));
    }

    public void Dispose()
    {
        _larger?.Dispose();
    }

    private void Fill(long offset, int length)
    {
        _start = Blocks.Down(offset);
        long needed = Blocks.Up(offset + length) - _start;
        if (needed > Buffer.Length)
        {
            _larger?.Dispose();
            _larger = new AlignedBuffer(checked((int)needed));
        }

        _length = file.Disk.Read(_start, Buffer.Span[..(int)Math.Min(Buffer.Length, Blocks.Up(file.Length - _start))]);
    }
}
