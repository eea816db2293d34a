using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// A tail index as it was at one moment: the runs <see cref="FirstRun"/> to <see cref="EndRun"/> (exclusive), by number. They stay
/// readable however the index moves on; the last run's end may still grow. The default value is empty.
/// </summary>
public readonly struct TailIndexSnapshot
{
    private readonly RunDirectory? _directory;

    internal TailIndexSnapshot(RunDirectory directory, long first, long end)
    {
        _directory = directory;
        FirstRun = first;
        EndRun = end;
    }

    public long FirstRun { get; }
    public long EndRun { get; }

    public bool IsEmpty => FirstRun == EndRun;

    /// <summary>The run of that number, which must be in range.</summary>
    public RunEntry this[long run]
    {
        get
        {
            if (run < FirstRun || run >= EndRun)
            {
                throw new ArgumentOutOfRangeException(nameof(run), run, "No such run in this snapshot.");
            }

            return _directory!.ChunkOf(run)[RunDirectory.IndexInChunk(run)];
        }
    }

    /// <summary>
    /// Finds the run that holds <paramref name="offset"/> if any does: the last whose base offset is at or below it. False if the
    /// offset lies below all runs. An offset at or beyond the log end gives the last run.
    /// </summary>
    public bool TryFind(Offset offset, out long run)
    {
        long low = FirstRun;
        long high = EndRun;
        while (low < high)
        {
            long middle = low + (high - low) / 2;
            if (_directory!.ChunkOf(middle).BaseOffset(RunDirectory.IndexInChunk(middle)) <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        run = low - 1;
        return run >= FirstRun;
    }

    /// <summary>
    /// Finds the first run from number <paramref name="fromRun"/> on that has a timestamp at or after <paramref name="timestamp"/>.
    /// Timestamps need not ascend. The batch meant may lie above the caller's high watermark; if the run's committed batches hold none,
    /// go on with the next run.
    /// </summary>
    public bool TryFindByTimestamp(long timestamp, long fromRun, out long run)
    {
        run = Math.Max(fromRun, FirstRun);
        while (run < EndRun)
        {
            RunChunk chunk = _directory!.ChunkOf(run);
            long chunkEnd = EndOfChunk(run);
            if (chunk.MaxTimestamp >= timestamp)
            {
                for (; run < chunkEnd; run++)
                {
                    if (chunk.MaxTimestampOf(RunDirectory.IndexInChunk(run)) >= timestamp)
                    {
                        return true;
                    }
                }
            }

            run = chunkEnd;
        }

        return false;
    }

    /// <summary>
    /// Finds, among the runs that begin below <paramref name="end"/>, the first with the greatest timestamp. If that run goes beyond
    /// the high watermark its greatest timestamp may not be committed: then compare its committed batches with the best run before it
    /// (<paramref name="end"/> = its base offset).
    /// </summary>
    public bool TryFindMaxTimestamp(Offset end, out long run)
    {
        run = -1;
        if (!TryFind(end + -1, out long last))
        {
            return false;
        }

        long best = long.MinValue;
        for (long candidate = FirstRun; candidate <= last;)
        {
            RunChunk chunk = _directory!.ChunkOf(candidate);
            long chunkEnd = Math.Min(EndOfChunk(candidate), last + 1);
            for (; chunk.MaxTimestamp > best && candidate < chunkEnd; candidate++)
            {
                long timestamp = chunk.MaxTimestampOf(RunDirectory.IndexInChunk(candidate));
                if (timestamp > best)
                {
                    best = timestamp;
                    run = candidate;
                }
            }

            candidate = chunkEnd;
        }

        return true;
    }

    /// <summary>
    /// The runs to walk for a fetch: the one that holds <paramref name="from"/>, then those after it that begin below
    /// <paramref name="end"/> (the high watermark that was read), until their windows come to <paramref name="maxBytes"/>.
    /// Empty if <paramref name="from"/> lies below the index.
    /// </summary>
    public ReadPlan Plan(Offset from, Offset end, long maxBytes) =>
        from < end && TryFind(from, out long run) ? new ReadPlan(this, run, end, maxBytes) : default;

    /// <summary>
    /// Bytes of the batches from <paramref name="from"/>, which the index must hold, to <paramref name="end"/>, where it ends. Where
    /// <paramref name="from"/> falls within a run, that run's share is estimated by its offsets.
    /// </summary>
    public long BytesBetween(Offset from, Offset end)
    {
        if (from >= end || !TryFind(from, out long run))
        {
            return 0;
        }

        RunEntry first = this[run];
        Offset firstEnd = run + 1 < EndRun ? this[run + 1].BaseOffset : end;
        long bytes = (long)((Int128)first.Bytes * (firstEnd - from) / (firstEnd - first.BaseOffset));
        while (++run < EndRun)
        {
            bytes += this[run].Bytes;
        }

        return bytes;
    }

    private long EndOfChunk(long run) => Math.Min((run / RunDirectory.RunsPerChunk + 1) * RunDirectory.RunsPerChunk, EndRun);
}
