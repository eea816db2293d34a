using GrainStream.Core.Log;
using GrainStream.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// The emptying side: writes a group, tells its appenders, syncs, tells them again. One group at a time, on one thread at a time.
/// <para>Writes are whole blocks. A group's last block is seldom full; it is written with zeros behind the last frame, and written again
/// with the frames of the next group in it. It goes out from a buffer of its own (<see cref="_lastBlock"/>), because the next group's
/// frames are being copied into the slab's block while the disk reads it.</para>
/// </summary>
internal sealed class GroupWriter : IDisposable
{
    private readonly GroupCommit _groups;
    private readonly RoomGate _room;
    private readonly CompletionQueue _completions;
    private readonly JournalInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _callbacksInline;
    private readonly AlignedBuffer _lastBlock = new(Blocks.Size);
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JournalFile? _file;

    /// <param name="groups">Where groups come from.</param>
    /// <param name="room">Told what no longer waits for the disk.</param>
    /// <param name="completions">Runs the callbacks.</param>
    /// <param name="instruments">Counts.</param>
    /// <param name="time">Measures syncs.</param>
    /// <param name="logger">Told of the failure, if there is one.</param>
    /// <param name="callbacksInline">Whether callbacks always run before the next group: for a host without threads.</param>
    public GroupWriter(
        GroupCommit groups,
        RoomGate room,
        CompletionQueue completions,
        JournalInstruments instruments,
        TimeProvider time,
        ILogger logger,
        bool callbacksInline)
    {
        _groups = groups;
        _room = room;
        _completions = completions;
        _instruments = instruments;
        _time = time;
        _logger = logger;
        _callbacksInline = callbacksInline;
    }

    /// <summary>Completes with the cause when a write or a sync failed.</summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>Sets what is on disk in the block that the next group begins in, up to where it begins.</summary>
    public void Start(ReadOnlySpan<byte> lastBlock) => lastBlock.CopyTo(_lastBlock.Span);

    /// <summary>Takes what waits and makes it durable. False if nothing waits. After a failure, only spreads the news.</summary>
    public bool Step()
    {
        if (!_groups.TryTake(out Group group))
        {
            return false;
        }

        group.AwaitCopies();
        if (_failure.Task.IsCompletedSuccessfully)
        {
            _completions.PostFailure(group, _failure.Task.Result);
            return true;
        }

        try
        {
            Commit(group);
        }
        catch (Exception error)
        {
            Fail(group, error);
        }

        return true;
    }

    public void Dispose() => _lastBlock.Dispose();

    private void Commit(Group group)
    {
        JournalFile file = group.File!;
        JournalPosition end = group.End;
        long bytes = group.Bytes;
        int frames = group.Frames;
        if (file != _file)
        {
            _file?.Disk.Seal();
            _file = file;
        }

        foreach (SlabPiece piece in group.Pieces)
        {
            piece.Slab.Publish(piece.End);
            Write(file, piece);
        }

        _completions.Post(group, CompletionPhase.Written, CallbacksInline);
        long started = _time.GetTimestamp();
        file.Disk.Sync();
        _instruments.GroupSynced(bytes, frames, _time.GetElapsedTime(started));
        _groups.AdvanceSynced(end);
        _room.Remove(bytes);
        _completions.Post(group, CompletionPhase.Synced, CallbacksInline);
    }

    private bool CallbacksInline => _callbacksInline || !_groups.HasWaiting;

    private void Write(JournalFile file, in SlabPiece piece)
    {
        var start = new JournalPosition(Blocks.Down(piece.Start.Value));
        int before = (int)(piece.Start - start);
        if (piece.Start == piece.Slab.First)
        {
            // The slab begins within a block whose beginning is in the slab before it, and in what was written last.
            _lastBlock.Span[..before].CopyTo(piece.Slab.At(start, before));
        }

        var lastStart = new JournalPosition(Blocks.Down(piece.End.Value));
        ReadOnlySpan<byte> whole = piece.Slab.At(start, (int)(lastStart - start));
        int inLast = (int)(piece.End - lastStart);
        Span<byte> last = default;
        if (inLast > 0)
        {
            piece.Slab.At(lastStart, inLast).CopyTo(_lastBlock.Span);
            last = _lastBlock.Span;
            last[inLast..].Clear();
        }

        file.Disk.Write(start - file.Base, whole, last);
    }

    private void Fail(Group group, Exception error)
    {
        var cause = new StorageUnavailableException(
            $"The journal could not be written: {error.Message} What was not acknowledged as synced may be lost, and whether it is shows only " +
            "when the journal is read again: mend the disk, then start the node again.",
            error);
        JournalLogMessages.Failed(_logger, cause);
        _groups.Close();
        _failure.SetResult(cause);
        _completions.PostFailure(group, cause);
    }
}
