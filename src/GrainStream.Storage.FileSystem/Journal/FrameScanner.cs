using GrainStream.Core.Log;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// Reads one journal file front to back in large pieces and checks what it finds. Offsets are bytes from the file's beginning. Spans
/// are valid until the next call.
/// </summary>
/// <param name="disk">The file.</param>
/// <param name="start">The journal position it begins at.</param>
/// <param name="length">Bytes of it.</param>
/// <param name="sharedBuffer">What it is read into.</param>
internal sealed class FrameScanner(IBlockReader disk, JournalPosition start, long length, AlignedBuffer sharedBuffer) : IDisposable
{
    private AlignedBuffer? _larger;
    private long _bufferStart;
    private int _bufferLength;

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
        long room = length - offset;
        ReadOnlySpan<byte> head = room >= FrameHeader.Size ? Bytes(offset, FrameHeader.Size) : default;
        if (!FrameHeader.TryRead(head, out header))
        {
            reason = head.IndexOfAnyExcept((byte)0) < 0 ? "zeros where a frame should be" : "no frame head where one should be";
            return false;
        }

        if (header.Position != start + offset)
        {
            reason = $"a frame head of position {header.Position} where position {start + offset} is";
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
        while (offset < length)
        {
            ReadOnlySpan<byte> bytes = Bytes(offset, (int)Math.Min(Buffer.Length - Blocks.Size, length - offset));
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
        while (offset < length)
        {
            ReadOnlySpan<byte> bytes = Bytes(offset, (int)Math.Min(Buffer.Length - Blocks.Size, length - offset));
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
    public bool FindProofOfSync(long badOffset, long lastNonZero, out long proofOffset) =>
        FindFrame(badOffset, lastNonZero, start + badOffset, out proofOffset);

    /// <summary>Looks for the next sound frame behind a bad one.</summary>
    /// <inheritdoc cref="FindProofOfSync" path="/param"/>
    public bool FindNextFrame(long badOffset, long lastNonZero, out long frameOffset) =>
        FindFrame(badOffset, lastNonZero, new JournalPosition(long.MinValue), out frameOffset);

    /// <summary>Bytes of the file; fewer than asked only where the file is shorter than it claims.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        if (offset < _bufferStart || offset + count > _bufferStart + _bufferLength)
        {
            Fill(offset, count);
        }

        int skip = (int)(offset - _bufferStart);
        return Buffer.Span.Slice(skip, Math.Clamp(_bufferLength - skip, 0, count));
    }

    /// <summary>Reads anew from here on: the file may have changed.</summary>
    public void Forget() => _bufferLength = 0;

    public void Dispose()
    {
        _larger?.Dispose();
    }

    private bool FindFrame(long badOffset, long lastNonZero, JournalPosition syncedAbove, out long offset)
    {
        long limit = Math.Min(lastNonZero, length - FrameHeader.Size);
        for (offset = badOffset + FrameHeader.Alignment; offset <= limit; offset += FrameHeader.Alignment)
        {
            ReadOnlySpan<byte> head = Bytes(offset, FrameHeader.Size);
            if (FrameHeader.TryRead(head, out FrameHeader header)
                && header.Position == start + offset
                && header.SyncedPosition > syncedAbove
                && TryReadFrame(offset, out _, out _, out _))
            {
                return true;
            }
        }

        return false;
    }

    private void Fill(long offset, int count)
    {
        long from = Blocks.Down(offset);
        int kept = (int)Blocks.Down(Math.Max(0, from < _bufferStart ? 0 : _bufferStart + _bufferLength - from));
        ReadOnlySpan<byte> tail = Buffer.Span.Slice(kept == 0 ? 0 : (int)(from - _bufferStart), kept);
        long needed = Blocks.Up(offset + count) - from;
        if (needed > Buffer.Length)
        {
            var larger = new AlignedBuffer(checked((int)needed));
            tail.CopyTo(larger.Span);
            _larger?.Dispose();
            _larger = larger;
        }
        else
        {
            tail.CopyTo(Buffer.Span);
        }

        _bufferStart = from;
        int most = (int)Math.Min(Buffer.Length, Blocks.Up(length - from));
        _bufferLength = kept + disk.Read(from + kept, Buffer.Span[kept..most]);
    }
}
