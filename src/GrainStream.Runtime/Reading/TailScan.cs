using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Reading;

/// <summary>
/// Goes through the committed batches of a partition's tail in order, for who takes all of them (the uploader): in reads of 1 MiB, from
/// journal memory where they are there, else from disk. Every frame is verified. One caller at a time.
/// <code>
///   while (await scan.LoadAsync(...))
///       while (scan.TryRead(out RecordBatchHeader header, out ReadOnlyMemory&lt;byte&gt; batch)) ...
/// </code>
/// It is whole when <see cref="NextOffset"/> has reached the end asked for. If it ends before, what comes next has left the tail: it was deleted,
/// or is in segments.
/// </summary>
internal sealed class TailScan : IDisposable
{
    private const int ReadBytes = 1024 * 1024;

    private readonly Partition _partition;
    private readonly Offset _end;
    private readonly JournalStretch _stretch;
    private TailIndexSnapshot _index;
    private long _number;
    private RunEntry _run;
    private JournalPosition _next;
    private Offset? _loadedAt;
    private bool _hasBegun;

    /// <param name="journal">Where the batches are.</param>
    /// <param name="partition">Whose batches.</param>
    /// <param name="from">The first batch is the one that holds this offset.</param>
    /// <param name="end">No batch that begins here or later; at most the high watermark that was read before.</param>
    public TailScan(IJournal journal, Partition partition, Offset from, Offset end)
    {
        _partition = partition;
        _end = end;
        _stretch = new JournalStretch(journal, lends: true);
        NextOffset = from;
    }

    /// <summary>The offset that comes next.</summary>
    public Offset NextOffset { get; private set; }

    /// <summary>
    /// Loads the next batches, when those loaded before have all been read. False if there are none any more; see the type for what that means.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The disk failed to answer.</exception>
    public async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        while (NextOffset < _end)
        {
            Core.Invariant.Require(NextOffset != _loadedAt, "the tail's index leads to every committed batch above its first");
            _index = _partition.Log.Index.Snapshot();
            if (!_index.TryFind(NextOffset, out _number))
            {
                return false;
            }

            _run = _index[_number];
            _next = _run.Start;
            JournalPosition end = EndOfRead();
            if (await _stretch.LoadAsync(_run.Start, end, end, cancellationToken))
            {
                _loadedAt = NextOffset;
                return true;
            }

            // Given back meanwhile: where the batches are now, the index says now.
        }

        return false;
    }

    /// <summary>Takes the next of the loaded batches; false when all have been read.</summary>
    /// <param name="header">Its head.</param>
    /// <param name="batch">All of it; valid until the next load.</param>
    /// <exception cref="CorruptDataException">The journal is damaged there; the message names file and byte.</exception>
    public bool TryRead(out RecordBatchHeader header, out ReadOnlyMemory<byte> batch)
    {
        (header, batch) = (default, default);
        while (NextOffset < _end)
        {
            FrameWalker walker = _stretch.Walk(_next, _run.End, _partition.Id);
            while (walker.MoveNext())
            {
                bool isBatch = RecordBatchHeader.TryRead(walker.Batch, out header);
                Core.Invariant.Require(isBatch, "a batch frame holds a batch");
                _next = walker.Next;
                if (header.NextOffset > NextOffset.Value)
                {
                    batch = _stretch.PayloadOf(walker.Frame);
                    Advance(header, walker.Frame.Position);
                    return true;
                }
            }

            if (walker.Next < _run.End)
            {
                throw _stretch.DamagedAt(walker.Next);
            }

            if (!TryGoToNextRun())
            {
                return false;
            }
        }

        return false;
    }

    public void Dispose() => _stretch.Dispose();

    private void Advance(in RecordBatchHeader header, JournalPosition position)
    {
        bool follows = header.BaseOffset == NextOffset.Value || (!_hasBegun && header.BaseOffset < NextOffset.Value);
        if (!follows)
        {
            throw _stretch.OutOfPlace(position, header.BaseOffset, NextOffset);
        }

        _hasBegun = true;
        NextOffset = new Offset(header.NextOffset);
    }

    private bool TryGoToNextRun()
    {
        if (_number + 1 >= _index.EndRun)
        {
            return false;
        }

        RunEntry run = _index[_number + 1];
        if (!_stretch.Holds(run))
        {
            return false;
        }

        _number++;
        (_run, _next) = (run, run.Start);
        return true;
    }

    /// <summary>How far to read at once: over the runs that follow closely, as they do where one partition is busy.</summary>
    private JournalPosition EndOfRead()
    {
        JournalPosition end = _run.End;
        for (long number = _number + 1; number < _index.EndRun; number++)
        {
            RunEntry run = _index[number];
            if (run.BaseOffset >= _end
                || run.Start < end
                || run.Start - end > TailIndex.MaxRunBytes
                || run.End - _run.Start > ReadBytes)
            {
                break;
            }

            end = run.End;
        }

        return end;
    }
}
