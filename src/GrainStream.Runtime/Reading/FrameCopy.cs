using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading;

/// <summary>A copy of one journal frame in a pooled buffer, verified if it came from disk.</summary>
internal sealed class FrameCopy : IDisposable
{
    private readonly byte[] _buffer;

    private FrameCopy(byte[] buffer, FrameHeader header)
    {
        _buffer = buffer;
        Header = header;
    }

    public FrameHeader Header { get; }

    public ReadOnlyMemory<byte> Payload => _buffer.AsMemory(FrameHeader.Size, Header.PayloadLength);

    /// <summary>Copies the frame at <paramref name="position"/> from memory if it is there, else from disk.</summary>
    /// <inheritdoc cref="ReadFromDiskAsync" path="/exception"/>
    public static ValueTask<FrameCopy> ReadAsync(
        IJournal journal, JournalPosition position, JournalPosition end, CancellationToken cancellationToken)
    {
        if (!journal.TryPin(position, out JournalPin pin))
        {
            return ReadFromDiskAsync(journal, position, end, cancellationToken);
        }

        using (pin)
        {
            bool isFrame = FrameHeader.TryRead(pin.Memory.Span, out FrameHeader header) && header.Position == position;
            Core.Invariant.Require(isFrame, "journal memory holds frames, whole and back to back");
            byte[] buffer = ArrayPool<byte>.Shared.Rent(header.TotalSize);
            pin.Memory.Span[..header.TotalSize].CopyTo(buffer);
            return ValueTask.FromResult(new FrameCopy(buffer, header));
        }
    }

    /// <summary>Reads the frame at <paramref name="position"/>, which ends at <paramref name="end"/> or before.</summary>
    /// <exception cref="CorruptDataException">There is no intact frame.</exception>
    /// <exception cref="StorageUnavailableException">The disk failed to answer.</exception>
    public static async ValueTask<FrameCopy> ReadFromDiskAsync(
        IJournal journal,
        JournalPosition position,
        JournalPosition end,
        CancellationToken cancellationToken)
    {
        byte[] head = ArrayPool<byte>.Shared.Rent(FrameHeader.Size);
        FrameHeader header;
        try
        {
            int read = await journal.ReadAsync(position, head.AsMemory(0, FrameHeader.Size), cancellationToken);
            if (!FrameHeader.TryRead(head.AsSpan(0, read), out header) || header.Position != position || header.End > end)
            {
                throw Damaged(position);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(header.TotalSize);
        try
        {
            int read = await journal.ReadAsync(position, buffer.AsMemory(0, header.TotalSize), cancellationToken);
            if (read < header.TotalSize || !IsIntact(buffer.AsSpan(0, read), header))
            {
                throw Damaged(position);
            }

            return new FrameCopy(buffer, header);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <summary>Whether a frame's CRC is right. <paramref name="frame"/> holds at least the head and the payload.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> frame, in FrameHeader header) =>
        Crc32C.Compute(frame[FrameHeader.CrcCoverageStart..(FrameHeader.Size + header.PayloadLength)]) == header.Crc;

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private static CorruptDataException Damaged(JournalPosition position) =>
        new($"The journal holds no intact frame at position {position}, where a record batch was written. Restore the file from a copy.");
}
