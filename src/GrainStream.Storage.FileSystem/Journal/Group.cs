using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// Frames that are written and synced as one: all of one file, in order. Filled under the journal's lock until the writer takes it; the
/// copying goes on outside the lock, and the writer waits for it.
/// </summary>
internal sealed class Group
{
    private readonly List<SlabPiece> _pieces = [];
    private readonly List<Completion> _completions = [];
    private readonly Dictionary<IJournalAppender, Offset> _latest = new(ReferenceEqualityComparer.Instance);
    private int _pendingCopies;

    /// <summary>The file the frames belong to; null while empty.</summary>
    public JournalFile? File { get; private set; }

    /// <summary>Bytes of all frames.</summary>
    public long Bytes { get; private set; }

    public int Frames { get; private set; }

    public bool IsEmpty => Frames == 0;

    /// <summary>Where the last frame ends.</summary>
    public JournalPosition End => _pieces[^1].End;

    /// <summary>The contiguous stretches of memory to write, in order of position.</summary>
    public IReadOnlyList<SlabPiece> Pieces => _pieces;

    /// <summary>Takes in a frame that was reserved at the end of a slab. Its copy counts as pending until <see cref="CopyDone"/>.</summary>
    public void Add(JournalFile file, Slab slab, JournalPosition position, int size, IJournalAppender? appender, Offset end)
    {
        File = file;
        Bytes += size;
        Frames++;
        Interlocked.Increment(ref _pendingCopies);
        if (_pieces.Count > 0 && _pieces[^1].Slab == slab)
        {
            _pieces[^1] = _pieces[^1] with { End = position + size };
        }
        else
        {
            _pieces.Add(new SlabPiece(slab, position, position + size));
        }

        if (appender is null)
        {
            return;
        }

        if (_completions.Count > 0 && ReferenceEquals(_completions[^1].Appender, appender))
        {
            _completions[^1] = new Completion(appender, end);
        }
        else
        {
            _completions.Add(new Completion(appender, end));
        }
    }

    /// <summary>Says that one frame's bytes are all in place.</summary>
    public void CopyDone() => Interlocked.Decrement(ref _pendingCopies);

    /// <summary>Waits for the copies that are under way: a memory copy each, so this spins, giving way to other threads.</summary>
    public void AwaitCopies()
    {
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _pendingCopies) > 0)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Leaves one completion per appender, its last: with many small frames each is told once per group.</summary>
    public void MergeCompletions()
    {
        if (_completions.Count < 2)
        {
            return;
        }

        foreach (Completion completion in _completions)
        {
            _latest[completion.Appender] = completion.End;
        }

        _completions.Clear();
        foreach ((IJournalAppender appender, Offset end) in _latest)
        {
            _completions.Add(new Completion(appender, end));
        }

        _latest.Clear();
    }

    /// <summary>Who is to be told, and how far its appends in this group go.</summary>
    public IReadOnlyList<Completion> Completions => _completions;

    /// <summary>Empties the group for its next use.</summary>
    public void Clear()
    {
        _pieces.Clear();
        _completions.Clear();
        File = null;
        Bytes = 0;
        Frames = 0;
    }
}
