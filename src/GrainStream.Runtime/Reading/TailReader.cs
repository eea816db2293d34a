using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using GrainStream.Core.Log;
using GrainStream.Protocol;
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
    /// <returns>The batches, or why there are none. Completes at once when they are in memory.</returns>
    /// <exception cref="CorruptDataException">Stored bytes are damaged.</exception>
    /// <exception cref="StorageUnavailableException">The disk failed to answer.</exception>
    public ValueTask<TailRead> ReadAsync(Partition partition, BatchSelection selection, bool mayWait, CancellationToken cancellationToken)
    {
        if (selection.From >= selection.Limit)
        {
            return ValueTask.FromResult(TailRead.Nothing);
        }

        TailIndexSnapshot index = partition.Log.Index.Snapshot();
        if (!index.TryFind(selection.From, out _))
        {
            return ValueTask.FromResult(TailRead.BelowTail);
        }

        BatchSelection inMemory = selection;
        JournalWindow[] windows = ArrayPool<JournalWindow>.Shared.Rent(16);
        int count = 0;
        bool all = true;
        foreach (RunEntry run in index.Plan(selection.From, selection.Limit, selection.MaxBytes))
        {
            all = SelectInMemory(ref inMemory, run, out JournalWindow window);
            if (window != default)
            {
                windows = Grow(windows, count);
                windows[count++] = window;
            }

            if (!all || inMemory.IsComplete)
            {
                break;
            }
        }

        if (inMemory.Bytes > 0 && TryHold(windows.AsSpan(0, count), out IDisposable? hold))
        {
            instruments.BytesRead(inMemory.Bytes, "memory");
            return ValueTask.FromResult(TailRead.Of(new JournalPayload(journal, hold, partition.Id, windows, count, inMemory.Bytes)));
        }

        ArrayPool<JournalWindow>.Shared.Return(windows);
        return all && inMemory.Bytes == 0
            ? ValueTask.FromResult(TailRead.Nothing)
            : ReadFromDiskAsync(partition, selection, mayWait, cancellationToken);
    }

    /// <summary>Keeps the windows' files readable until the payload has been sent. False if one has been trimmed already.</summary>
    private bool TryHold(ReadOnlySpan<JournalWindow> windows, [NotNullWhen(true)] out IDisposable? hold)
    {
        JournalPosition lowest = windows[0].Start;
        foreach (JournalWindow window in windows)
        {
            lowest = window.Start < lowest ? window.Start : lowest;
        }

        // Hold first and look then: what has not been trimmed by now, the hold has caught.
        hold = journal.Hold(lowest);
        if (journal.Start <= lowest)
        {
            return true;
        }

        hold.Dispose();
        hold = null;
        return false;
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

    /// <summary>Reads the windows of adjacent runs at once and copies the batches out of them.</summary>
    private async ValueTask<TailRead> ReadFromDiskAsync(
        Partition partition, BatchSelection selection, bool mayWait, CancellationToken cancellationToken)
    {
        selection.LimitBytes(DiskReadBytes);
        while (true)
        {
            TailIndexSnapshot index = partition.Log.Index.Snapshot();
            if (!index.TryFind(selection.From, out long first))
            {
                return TailRead.BelowTail;
            }

            int copyBytes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(selection.MaxBytes, 4096));
            long windowBytes = Math.Max(Math.Min(DiskReadBytes, TailIndex.MaxRunBytes + selection.MaxBytes), index[first].End - index[first].Start);
            int demand = (int)Math.Min(copyBytes + windowBytes, int.MaxValue);
            if (!budget.TryTake(demand))
            {
                if (!mayWait)
                {
                    return TailRead.Nothing;
                }

                await budget.TakeAsync(demand);
            }

            var copy = new DiskReadBuffer(budget, copyBytes);
            RecordsPayload? records;
            bool wasTrimmed;
            try
            {
                ReadPlan plan = index.Plan(selection.From, selection.Limit, selection.MaxBytes);
                wasTrimmed = await CopyRunsAsync(plan, selection, copy, windowBytes, cancellationToken);
                records = copy.ToPayload();
            }
            catch
            {
                copy.Discard();
                throw;
            }
            finally
            {
                budget.Return(demand - copyBytes);
            }

            if (records is not null)
            {
                instruments.BytesRead(records.Length, "disk");
            }

            if (records is not null || !wasTrimmed)
            {
                return TailRead.Of(records);
            }

            // Between the index and the read the file was given back. Where its batches are now, the index says now.
            TailIndexSnapshot now = partition.Log.Index.Snapshot();
            bool hasMoved = !now.TryFind(selection.From, out long run) || now[run].Start != index[first].Start;
            Core.Invariant.Require(hasMoved, "the index points at no file that has been trimmed");
        }
    }

    /// <summary>Copies what the selection takes of a plan's runs. True if it came upon bytes that have been trimmed.</summary>
    private async ValueTask<bool> CopyRunsAsync(
        ReadPlan plan, BatchSelection selection, DiskReadBuffer copy, long windowBytes, CancellationToken cancellationToken)
    {
        using var stretch = new JournalStretch(journal);
        ReadPlan.Enumerator runs = plan.GetEnumerator();
        while (!selection.IsComplete && runs.MoveNext())
        {
            RunEntry run = runs.Current;
            if (!stretch.Holds(run))
            {
                if (selection.Bytes > 0 && run.End - run.Start > windowBytes)
                {
                    break;
                }

                JournalPosition end = EndOfWindow(runs, run, windowBytes);
                if (!await stretch.LoadAsync(run.Start, end, end, cancellationToken))
                {
                    return true;
                }
            }

            JournalPosition next = CopyRun(stretch.Walk(run.Start, run.End, selection.Partition), ref selection, copy);
            if (next < run.End && !selection.IsComplete && !selection.HasSeenAll)
            {
                throw stretch.DamagedAt(next);
            }
        }

        return false;
    }

    /// <summary>Copies what is taken of one run; how far its frames are whole and sound.</summary>
    private static JournalPosition CopyRun(FrameWalker walker, ref BatchSelection selection, DiskReadBuffer copy)
    {
        while (!selection.IsComplete && walker.MoveNext())
        {
            if (selection.Take(walker.Batch))
            {
                copy.Add(walker.Batch);
            }
        }

        return walker.Next;
    }

    /// <summary>How far to read at once: over the runs that follow closely, as they do where one partition is busy.</summary>
    private static JournalPosition EndOfWindow(ReadPlan.Enumerator following, in RunEntry run, long windowBytes)
    {
        JournalPosition end = run.End;
        while (following.MoveNext()
            && following.Current.Start >= end
            && following.Current.Start - end <= TailIndex.MaxRunBytes
            && following.Current.End - run.Start <= windowBytes)
        {
            end = following.Current.End;
        }

        return end;
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
