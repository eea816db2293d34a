using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// Sparse index from offsets to the journal, of one partition: one entry of 32 bytes for each <see cref="RunEntry">run</see>.
/// <para>
/// Threading: one thread (the partition's machine loop) adds and trims; any thread may take a <see cref="Snapshot"/> without a lock.
/// A reader must read the high watermark <em>first</em> and take the snapshot <em>then</em>: the writer indexes a batch before it can
/// raise the high watermark over it, so that the snapshot holds at least everything below the watermark that was read. It may hold
/// more; readers stop at their watermark by the frames' base offsets.
/// </para>
/// <para>Runs are numbered upwards; a number is never used again. An index that holds nothing has no memory but its own few words.</para>
/// <para>
/// Offsets ascend from run to run; positions need not: runs that were copied to the journal's head (<see cref="With"/>) come before
/// younger ones that lie further back.
/// </para>
/// </summary>
public sealed class TailIndex
{
    /// <summary>
    /// Longest window of a run. A reader searches a window from its start, so this bounds what is read in vain; the shorter, the more
    /// entries. 64 KiB is 32 bytes of index for 64 KiB of journal when one partition writes alone.
    /// </summary>
    public const int MaxRunBytes = 64 * 1024;

    /// <summary>First chunk of an index: most partitions are small, and there may be very many.</summary>
    private const int SmallChunk = 4;

    private RunDirectory? _directory;
    private long _first;
    private long _end;
    private Offset _nextOffset;
    private JournalPosition _nextPosition;
    private bool _isSealed;

    /// <summary>Runs held. Any thread.</summary>
    public long Count => Math.Max(0, Volatile.Read(ref _end) - Volatile.Read(ref _first));

    /// <summary>Where the index begins; null if it holds nothing. Any thread.</summary>
    public Offset? FirstOffset => Snapshot() is { IsEmpty: false } runs ? runs[runs.FirstRun].BaseOffset : null;

    /// <summary>Lowest position of the journal that any run lies at; null if the index holds nothing. Any thread; looks at every run.</summary>
    public JournalPosition? FirstPosition
    {
        get
        {
            TailIndexSnapshot runs = Snapshot();
            JournalPosition? lowest = null;
            for (long run = runs.FirstRun; run < runs.EndRun; run++)
            {
                JournalPosition start = runs[run].Start;
                lowest = lowest is null || start < lowest ? start : lowest;
            }

            return lowest;
        }
    }

    /// <summary>
    /// Adds a frame: it lengthens the last run if it fits within <see cref="MaxRunBytes"/> of its start, else begins a new one.
    /// Offsets must ascend, and a new frame lies behind all others in the journal.
    /// </summary>
    /// <param name="baseOffset">Base offset of the frame's batch.</param>
    /// <param name="nextOffset">Offset after its last record.</param>
    /// <param name="position">Where the frame begins.</param>
    /// <param name="frameSize">Bytes of the frame, padding included.</param>
    /// <param name="batchSize">Bytes of the batch in it.</param>
    /// <param name="maxTimestamp">Greatest timestamp of its records, -1 if none.</param>
    /// <param name="startsRun">The frame may not join the last run, because a journal file begins between them.</param>
    public void Add(
        Offset baseOffset, Offset nextOffset, JournalPosition position, int frameSize, int batchSize, long maxTimestamp, bool startsRun)
    {
        JournalPosition frameEnd = position + frameSize;
        Invariant.Require(
            baseOffset >= _nextOffset && nextOffset > baseOffset && position >= _nextPosition && frameSize > 0,
            $"Tail index: offsets [{baseOffset}, {nextOffset}) at {position} do not follow {_nextOffset} at {_nextPosition}.");
        _nextOffset = nextOffset;
        _nextPosition = frameEnd;

        if (!startsRun && !_isSealed && _first < _end)
        {
            RunChunk chunk = _directory!.ChunkOf(_end - 1);
            int last = RunDirectory.IndexInChunk(_end - 1);
            if (frameEnd - chunk.Start(last) <= MaxRunBytes)
            {
                chunk.Extend(last, frameEnd, maxTimestamp, batchSize);
                return;
            }
        }

        _isSealed = false;
        Publish(new RunEntry(baseOffset, position, frameEnd, maxTimestamp, batchSize));
    }

    /// <summary>
    /// The next frame begins a run. To be called before batches of this partition are copied: a window that went over the copies would
    /// hold them out of order.
    /// </summary>
    public void Seal() => _isSealed = true;

    /// <summary>Every run, in order of offset. On the writing thread: the last one's end offset is known only there.</summary>
    public TailRun[] Runs()
    {
        var runs = new TailRun[_end - _first];
        for (long run = _first; run < _end; run++)
        {
            RunEntry entry = _directory!.ChunkOf(run)[RunDirectory.IndexInChunk(run)];
            runs[run - _first] = new TailRun(entry.BaseOffset, EndOffsetOf(run), entry.Start, entry.End, entry.MaxTimestamp, entry.Bytes);
        }

        return runs;
    }

    /// <summary>
    /// The runs as they will be when <paramref name="copied"/> stand in the place of those they are copies of, and nothing is kept that
    /// lies wholly below <paramref name="from"/>. On the writing thread.
    /// </summary>
    /// <param name="copied">
    /// In order of offset, not overlapping. Where each stretch of them begins and ends, a run of the index must, unless the stretch begins
    /// above or below what is kept.
    /// </param>
    /// <param name="from">First offset needed.</param>
    public List<TailRun> With(IReadOnlyList<TailRun> copied, Offset from)
    {
        TailRun[] present = Runs();
        var merged = new List<TailRun>(present.Length);
        int run = 0;
        int copy = 0;
        Offset next = present.Length > 0 && present[0].BaseOffset > from ? present[0].BaseOffset : from;
        while (next < _nextOffset && present.Length > 0)
        {
            // The first one kept holds the offset; each one after it begins where the one before ends.
            while (copy < copied.Count && copied[copy].EndOffset <= next)
            {
                copy++;
            }

            while (present[run].EndOffset <= next)
            {
                run++;
            }

            TailRun chosen = copy < copied.Count && copied[copy].BaseOffset <= next ? copied[copy] : present[run];
            Invariant.Require(
                merged.Count == 0 || chosen.BaseOffset == next,
                $"Tail index: no run and no copy begins at offset {next}, where the one before ends.");
            merged.Add(chosen);
            next = chosen.EndOffset;
        }

        return merged;
    }

    /// <summary>Another index in place of this one: what <see cref="With"/> says. On the writing thread.</summary>
    public TailIndex ReplacedBy(IReadOnlyList<TailRun> copied, Offset from)
    {
        TailIndex replaced = Of(With(copied, from), _nextOffset);
        replaced._isSealed = _isSealed;
        return replaced;
    }

    /// <summary>
    /// An index of those runs: in order of offset, without gaps. The next frame begins a run and lies behind them all.
    /// </summary>
    public static TailIndex Of(IReadOnlyList<TailRun> runs, Offset end)
    {
        var index = new TailIndex { _nextOffset = end, _isSealed = true };
        Offset next = runs.Count > 0 ? runs[0].BaseOffset : end;
        foreach (TailRun run in runs)
        {
            Invariant.Require(
                run.BaseOffset == next && run.EndOffset > next, $"Tail index: run [{run.BaseOffset}, {run.EndOffset}) does not follow {next}.");
            next = run.EndOffset;
            index._nextPosition = run.End > index._nextPosition ? run.End : index._nextPosition;
            index.Publish(new RunEntry(run.BaseOffset, run.Start, run.End, run.MaxTimestamp, run.Bytes));
        }

        Invariant.Require(next == end, $"Tail index: the runs end at {next}, not at {end}.");
        return index;
    }

    /// <summary>Drops the runs that lie wholly below <paramref name="logStart"/> and lets go of their memory.</summary>
    public void TrimBefore(Offset logStart)
    {
        long first = _first;
        while (first < _end && EndOffsetOf(first) <= logStart)
        {
            first++;
        }

        if (first == _first)
        {
            return;
        }

        long oldFirst = _first;
        if (first == _end)
        {
            // Start afresh at a chunk border, so that the next chunk can be a small one again.
            long border = (_end + RunDirectory.RunsPerChunk - 1) / RunDirectory.RunsPerChunk * RunDirectory.RunsPerChunk;
            Volatile.Write(ref _first, border);
            Volatile.Write(ref _end, border);
            Volatile.Write(ref _directory, null);
            return;
        }

        Volatile.Write(ref _first, first);
        if (first / RunDirectory.RunsPerChunk != oldFirst / RunDirectory.RunsPerChunk)
        {
            Volatile.Write(ref _directory, _directory!.From(first, spare: 0));
        }
    }

    /// <summary>What the index holds now, to search and walk. Read the high watermark before.</summary>
    public TailIndexSnapshot Snapshot()
    {
        // In this order: runs below the end we see are in the directory we then see; what is trimmed from that one is below the
        // first run we then see.
        long end = Volatile.Read(ref _end);
        RunDirectory? directory = Volatile.Read(ref _directory);
        long first = Volatile.Read(ref _first);
        return directory is null || first >= end ? default : new TailIndexSnapshot(directory, first, end);
    }

    private void Publish(in RunEntry run)
    {
        RoomForNextRun().Set(RunDirectory.IndexInChunk(_end), run);
        Volatile.Write(ref _end, _end + 1);
    }

    private Offset EndOffsetOf(long run) =>
        run + 1 == _end ? _nextOffset : _directory!.ChunkOf(run + 1).BaseOffset(RunDirectory.IndexInChunk(run + 1));

    private RunChunk RoomForNextRun()
    {
        int index = RunDirectory.IndexInChunk(_end);
        if (_directory is null)
        {
            var first = new RunChunk(SmallChunk);
            Volatile.Write(ref _directory, new RunDirectory([first], _end / RunDirectory.RunsPerChunk));
            return first;
        }

        if (index == 0)
        {
            if (!_directory.HasRoomFor(_end))
            {
                Volatile.Write(ref _directory, _directory.From(_first, spare: _directory.Length));
            }

            var next = new RunChunk(RunDirectory.RunsPerChunk);
            _directory.Put(_end, next);
            return next;
        }

        RunChunk chunk = _directory.ChunkOf(_end);
        if (index == chunk.Capacity)
        {
            chunk = chunk.Grow(SmallChunk * chunk.Capacity);
            _directory.Put(_end, chunk);
        }

        return chunk;
    }
}
