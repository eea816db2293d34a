using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading;

/// <summary>
/// A stretch of journal: a copy in a pooled buffer, from memory while it is there, else from disk in one read. Its frames are verified
/// as they are walked. Loading again replaces what was there.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="lends">
/// Whether what lies in one piece in the journal's memory is used there, without a copy, and pinned until the next load: for who goes through much and is never slow for long.
/// </param>
internal sealed class JournalStretch(IJournal journal, bool lends = false) : IDisposable
{
    /// <summary>Times in a row that a caller may find that its index was out of date: far more than there can be files to trim.</summary>
    private const int MostMisses = 1000;

    private byte[] _buffer = [];
    private JournalPin? _pin;
    private int _misses;

    /// <summary>Where it begins.</summary>
    public JournalPosition Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public JournalPosition End { get; private set; }

    /// <summary>
    /// Loads what there is from <paramref name="start"/> to <paramref name="end"/>, and more, as far as <paramref name="limit"/>, where the first
    /// frame is longer than that. Less comes back only where the journal's file or what is synced of it ends.
    /// </summary>
    /// <returns>False if the bytes have been trimmed.</returns>
    /// <exception cref="StorageUnavailableException">The disk failed to answer.</exception>
    public async ValueTask<bool> LoadAsync(
        JournalPosition start, JournalPosition end, JournalPosition limit, CancellationToken cancellationToken)
    {
        Unpin();
        Start = End = start;
        if (lends && TryLend(end))
        {
            _misses = 0;
            return true;
        }

        await FillAsync(end, cancellationToken);
        if (FrameHeader.TryRead(Bytes, out FrameHeader first) && first.End > End && first.End <= limit && first.End > end)
        {
            await FillAsync(first.End, cancellationToken);
        }

        if (End >= end || journal.Start <= start)
        {
            _misses = 0;
            return true;
        }

        Core.Invariant.Require(++_misses < MostMisses, "an index does not go on pointing at a file that has been trimmed");
        return false;
    }

    /// <summary>Whether a run lies in it whole.</summary>
    public bool Holds(in RunEntry run) => Start <= run.Start && run.End <= End;

    /// <summary>Walks its frames from one on, verifying each.</summary>
    public FrameWalker Walk(JournalPosition from, JournalPosition end, PartitionId partition) =>
        new(Bytes[(int)(from - Start)..], from, end, partition, verify: true);

    /// <summary>The payload of a frame that was walked; valid until the next load.</summary>
    public ReadOnlyMemory<byte> PayloadOf(in FrameHeader frame) =>
        Loaded.Slice((int)(frame.Position - Start) + FrameHeader.Size, frame.PayloadLength);

    /// <summary>The exception for a place that holds no intact frame.</summary>
    public CorruptDataException DamagedAt(JournalPosition position) =>
        new($"{journal.Describe(position)}: no intact frame, where record batches were written. Restore the file from a copy.");

    /// <summary>The exception for a batch that is whole but does not belong there.</summary>
    public CorruptDataException OutOfPlace(JournalPosition position, long found, Offset expected) =>
        new($"{journal.Describe(position)}: a batch of offset {found} where offset {expected} comes next.");

    public void Dispose()
    {
        Unpin();
        byte[] buffer = _buffer;
        _buffer = [];
        Start = End = default;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ReadOnlyMemory<byte> Loaded => (_pin is { } pin ? pin.Memory : _buffer)[..(int)(End - Start)];

    private ReadOnlySpan<byte> Bytes => Loaded.Span;

    private bool TryLend(JournalPosition end)
    {
        if (!journal.TryPin(Start, out JournalPin pin))
        {
            return false;
        }

        if (pin.Memory.Length < end - Start)
        {
            pin.Dispose();
            return false;
        }

        (_pin, End) = (pin, end);
        return true;
    }

    private void Unpin()
    {
        _pin?.Dispose();
        _pin = null;
    }

    private async ValueTask FillAsync(JournalPosition end, CancellationToken cancellationToken)
    {
        Grow(checked((int)(end - Start)));
        while (End < end)
        {
            Memory<byte> rest = _buffer.AsMemory((int)(End - Start), (int)(end - End));
            int count = CopyFromMemory(rest.Span);
            if (count == 0)
            {
                count = await journal.ReadAsync(End, rest, cancellationToken);
            }

            if (count == 0)
            {
                break;
            }

            End += count;
        }
    }

    private int CopyFromMemory(Span<byte> destination)
    {
        if (!journal.TryPin(End, out JournalPin pin))
        {
            return 0;
        }

        using (pin)
        {
            int count = Math.Min(destination.Length, pin.Memory.Length);
            pin.Memory.Span[..count].CopyTo(destination);
            return count;
        }
    }

    private void Grow(int length)
    {
        if (length <= _buffer.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(length);
        Bytes.CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
