using System.Buffers;
using System.IO.Pipelines;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading;

/// <summary>
/// Batches that were in journal memory when the read was planned. Holds positions, not memory: each piece is pinned only while it is
/// copied, so a reader that never reads pins nothing. What has left memory meanwhile is read from disk, where it stays though it be trimmed.
/// </summary>
/// <param name="journal">Where they are.</param>
/// <param name="hold">Keeps the windows' files readable; handed over.</param>
/// <param name="partition">Whose batches.</param>
/// <param name="windows">Which stretches to walk; from the shared pool, handed over.</param>
/// <param name="windowCount">How many of them.</param>
/// <param name="length">Bytes of all batches.</param>
internal sealed class JournalPayload(
    IJournal journal, IDisposable hold, PartitionId partition, JournalWindow[] windows, int windowCount, int length) : RecordsPayload
{
    private JournalPosition _next = windows[0].Start;
    private int _window;

    /// <summary>Bytes of the batch at <see cref="_next"/> that are already copied.</summary>
    private int _copiedOfBatch;

    public override int Length => length;

    public override async ValueTask<bool> SendAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        while (_window < windowCount)
        {
            if (!CopyFromMemory(output))
            {
                await CopyFromDiskAsync(output, cancellationToken);
            }

            if (_window == windowCount)
            {
                break;
            }

            FlushResult flushed = await output.FlushAsync(cancellationToken);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return false;
            }
        }

        return true;
    }

    public override void Dispose()
    {
        hold.Dispose();
        ArrayPool<JournalWindow>.Shared.Return(windows);
    }

    /// <summary>Copies up to <see cref="RecordsPayload.FlushBytes"/>. False if the bytes at <see cref="_next"/> are no longer in memory.</summary>
    private bool CopyFromMemory(PipeWriter output)
    {
        int budget = FlushBytes;
        while (_window < windowCount && budget > 0)
        {
            if (!journal.TryPin(_next, out JournalPin pin))
            {
                return false;
            }

            using (pin)
            {
                budget = CopyFromPin(pin.Memory.Span, output, budget);
            }
        }

        return true;
    }

    private int CopyFromPin(ReadOnlySpan<byte> memory, PipeWriter output, int budget)
    {
        JournalWindow window = windows[_window];
        var walker = new FrameWalker(memory, _next, window.End, partition);
        while (budget > 0 && walker.MoveNext())
        {
            ReadOnlySpan<byte> rest = walker.Batch[_copiedOfBatch..];
            ReadOnlySpan<byte> piece = rest[..Math.Min(rest.Length, budget)];
            output.Write(piece);
            budget -= piece.Length;
            if (piece.Length < rest.Length)
            {
                _copiedOfBatch += piece.Length;
                _next = walker.Frame.Position;
                return 0;
            }

            _copiedOfBatch = 0;
            _next = walker.Next;
        }

        Core.Invariant.Require(!walker.IsDamaged, "journal memory holds frames where a window of frames was planned");
        if (budget > 0)
        {
            _next = walker.Next;
        }

        if (_next >= window.End && ++_window < windowCount)
        {
            _next = windows[_window].Start;
        }

        return budget;
    }

    private async ValueTask CopyFromDiskAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        JournalWindow window = windows[_window];
        JournalPosition end = window.End - _next > FlushBytes ? _next + FlushBytes : window.End;
        using var stretch = new JournalStretch(journal);
        bool isThere = await stretch.LoadAsync(_next, end, window.End, cancellationToken);
        Core.Invariant.Require(isThere, "a file that is held stays readable");
        FrameWalker walker = stretch.Walk(_next, window.End, partition);
        while (walker.MoveNext())
        {
            output.Write(walker.Batch[_copiedOfBatch..]);
            _copiedOfBatch = 0;
        }

        if (walker.IsDamaged || walker.Next == _next)
        {
            throw stretch.DamagedAt(walker.Next);
        }

        _next = walker.Next;
        if (_next >= window.End && ++_window < windowCount)
        {
            _next = windows[_window].Start;
        }
    }
}
