using System.Buffers;
using System.Numerics;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading;

/// <summary>
/// Reads committed batches of a partition's tail, without entering its machine: from journal memory while they are there,
/// else from the journal's files. Thread-safe.
/// </summary>
internal sealed class TailReader(IJournal journal, DiskReadBudget budget, RuntimeInstruments instruments)
{
    /// <summary>Most bytes of one partition that one disk read returns; a single larger batch is still returned whole.</summary>
    private const int DiskReadBytes = 1024 * 1024;

    /// <summary>Reads what <paramref name="selection"/> takes.</summary>
    /// <param name="partition">Whose batches.</param>
    /// <param name="selection">Where to begin and end; its limit is a high watermark that was read before this call.</param>
    /// <param name="mayWait">
    /// Whether a disk read may wait for the node's read memory. Not for who holds an earlier such read unsent; it gets nothing this time instead.
    /// </param>
    /// <param name="cancellationToken">Gives up a disk read.</param>
    /// <returns>The batches; null if there are none within the limits. Completes at once when they are in memory.</returns>
    /// <exception cref="CorruptDataException">Stored bytes are damaged.</exception>
    /// <exception cref="StorageUnavailableException">The disk failed to answer.</exception>
    public ValueTask<RecordsPayload?> ReadAsync(
        Partition partition, BatchSelection selection, bool mayWait, CancellationToken cancellationToken)
    {
        if (selection.From >= selection.Limit)
        {
            return ValueTask.FromResult<RecordsPayload?>(null);
        }

        JournalWindow[] windows = ArrayPool<JournalWindow>.Shared.Rent(16);
        int count = 0;
        bool inMemory = true;
        foreach (RunEntry run in partition.Log.Index.Snapshot().Plan(selection.From, selection.Limit, selection.MaxBytes))
        {
            inMemory = SelectInMemory(ref selection, run, out JournalWindow window);
            if (window != default)
            {
                windows = Grow(windows, count);
                windows[count++] = window;
            }

            if (!inMemory || selection.IsComplete)
            {
                break;
            }
        }

        if (selection.Bytes > 0)
        {
            instruments.BytesRead(selection.Bytes, "memory");
            return ValueTask.FromResult<RecordsPayload?>(new JournalPayload(journal, partition.Id, windows, count, selection.Bytes));
        }

        ArrayPool<JournalWindow>.Shared.Return(windows);
        return inMemory
            ? ValueTask.FromResult<RecordsPayload?>(null)
            : ReadFromDiskAsync(partition, selection, mayWait, cancellationToken);
    }

    /// <summary>Selects from one run. False if part of it is no longer in memory; what comes before that part stays selected.</summary>
    private bool SelectInMemory(ref BatchSelection selection, in RunEntry run, out JournalWindow window)
    {
        window = default;
        JournalPosition at = run.Start;
        while (at < run.End && !selection.IsComplete)
        {
            if (!journal.TryPin(at, out JournalPin pin))
            {
                return false;
            }

            using (pin)
            {
                var walker = new FrameWalker(pin.Memory.Span, at, run.End, selection.Partition);
                while (!selection.IsComplete && walker.MoveNext())
                {
                    if (selection.Take(walker.Batch))
                    {
                        JournalPosition start = window == default ? walker.Frame.Position : window.Start;
                        window = new JournalWindow(start, walker.Frame.End);
                    }
                }

                Core.Invariant.Require(!walker.IsDamaged && walker.Next > at, "journal memory holds frames, whole and back to back");
                at = walker.Next;
            }
        }

        return true;
    }

    /// <summary>Reads frame by frame into one buffer.</summary>
    private async ValueTask<RecordsPayload?> ReadFromDiskAsync(
        Partition partition, BatchSelection selection, bool mayWait, CancellationToken cancellationToken)
    {
        selection.LimitBytes(DiskReadBytes);
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(selection.MaxBytes, 4096));
        if (!budget.TryTake(capacity))
        {
            if (!mayWait)
            {
                return null;
            }

            await budget.TakeAsync(capacity);
        }

        var copy = new DiskReadBuffer(budget, capacity);
        try
        {
            foreach (RunEntry run in partition.Log.Index.Snapshot().Plan(selection.From, selection.Limit, selection.MaxBytes))
            {
                for (JournalPosition at = run.Start; at < run.End && !selection.IsComplete;)
                {
                    using FrameCopy frame = await FrameCopy.ReadFromDiskAsync(journal, at, run.End, cancellationToken);
                    at = frame.Header.End;
                    if (frame.Header.HoldsBatch
                        && frame.Header.Partition == selection.Partition
                        && selection.Take(frame.Payload.Span))
                    {
                        copy.Add(frame.Payload.Span);
                    }
                }

                if (selection.IsComplete)
                {
                    break;
                }
            }
        }
        catch
        {
            copy.Discard();
            throw;
        }

        instruments.BytesRead(selection.Bytes, "disk");
        return copy.ToPayload();
    }

    private static JournalWindow[] Grow(JournalWindow[] windows, int count)
    {
        if (count < windows.Length)
        {
            return windows;
        }

        JournalWindow[] larger = ArrayPool<JournalWindow>.Shared.Rent(count * 2);
        windows.CopyTo(larger, 0);
        ArrayPool<JournalWindow>.Shared.Return(windows);
        return larger;
    }
}
