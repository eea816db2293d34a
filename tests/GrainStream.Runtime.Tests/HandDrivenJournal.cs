using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using System.Buffers;

namespace GrainStream.Runtime.Tests;

/// <summary>
/// A journal in memory whose writes, syncs, evictions and refusals happen when the test says so.
/// </summary>
internal sealed class HandDrivenJournal : IJournal, IJournalBuffer
{
    private readonly byte[] _bytes = new byte[16 * 1024 * 1024];
    private readonly List<(IJournalAppender Appender, Offset End)> _unwritten = [];
    private readonly List<(IJournalAppender Appender, Offset End)> _unsynced = [];
    private readonly TaskCompletionSource<Exception> _failure = new();
    private readonly Dictionary<long, long> _fileEnds = [];
    private long _end;

    /// <summary>What the next appends are answered.</summary>
    public JournalAppendStatus Status { get; set; } = JournalAppendStatus.Appended;

    /// <summary>Positions below are no longer in memory.</summary>
    public long EvictedBelow { get; set; }

    /// <summary>How many appends are taken before <see cref="Status"/> becomes NoSpace; null for any number.</summary>
    public int? RefuseAfter { get; set; }

    /// <summary>Bytes of one file, as far as trimming goes.</summary>
    public long FileBytes { get; set; } = 1024 * 1024;

    /// <summary>Whether files count for more than trimming: a frame that does not fit the rest of one begins the next, no read goes beyond one.</summary>
    public bool IsSplit { get; init; }

    /// <summary>Holds given and not returned, by the position from which on they still find everything.</summary>
    public List<long> OpenHolds { get; } = [];

    /// <summary>Called before each disk read.</summary>
    public Action<JournalPosition>? BeforeDiskRead { get; set; }

    /// <summary>Pins given and not returned.</summary>
    public int OpenPins { get; private set; }

    /// <summary>Frames appended.</summary>
    public List<FrameHeader> Frames { get; } = [];

    /// <summary>How many of them are synced.</summary>
    public int SyncedFrames { get; private set; }

    public long DiskReads { get; private set; }

    public Task<Exception> Failure => _failure.Task;

    public ValueTask WaitForRoomAsync(int bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public JournalAppendStatus Append(in JournalAppend append, IJournalAppender appender, out JournalSlot slot)
    {
        slot = default;
        if (RefuseAfter is { } left)
        {
            Status = left == 0 ? JournalAppendStatus.NoSpace : JournalAppendStatus.Appended;
            RefuseAfter = left - 1;
        }

        if (Status != JournalAppendStatus.Appended)
        {
            return Status;
        }

        int payload = append.Head.Length + (int)append.Body.Length;
        if (FileOf(_end + FrameHeader.SizeOf(payload) - 1) != FileOf(_end))
        {
            _end = FileOf(_end) + FileBytes;
        }

        var header = new FrameHeader(
            payload, 0, new JournalPosition(_end), default, append.Kind, append.Partition, append.Epoch, append.BaseOffset);
        Span<byte> frame = _bytes.AsSpan((int)_end, header.TotalSize);
        append.Head.CopyTo(frame[FrameHeader.Size..]);
        append.Body.CopyTo(frame[(FrameHeader.Size + append.Head.Length)..]);
        Assert.Equal(append.PayloadCrc, Crc32C.Compute(frame.Slice(FrameHeader.Size, payload)));
        header.Write(frame);
        header = header with { Crc = Crc32C.Compute(frame[FrameHeader.CrcCoverageStart..(FrameHeader.Size + payload)]) };
        header.Write(frame);
        slot = new JournalSlot(header.Position, new JournalPosition(FileOf(_end)));
        _fileEnds[FileOf(_end)] = header.End.Value;
        _end = header.End.Value;
        Frames.Add(header);
        _unwritten.Add((appender, append.End));
        return JournalAppendStatus.Appended;
    }

    /// <summary>Everything appended is written.</summary>
    public void Write()
    {
        foreach ((IJournalAppender appender, Offset end) in _unwritten)
        {
            appender.Written(end);
        }

        _unsynced.AddRange(_unwritten);
        _unwritten.Clear();
    }

    /// <summary>Everything appended is written and synced.</summary>
    public void Sync()
    {
        Write();
        (IJournalAppender Appender, Offset End)[] synced = [.. _unsynced];
        SyncedFrames = Frames.Count;
        _unsynced.Clear();
        foreach ((IJournalAppender appender, Offset end) in synced)
        {
            appender.Synced(end);
        }
    }

    /// <summary>Damages one byte.</summary>
    public void Flip(long position) => _bytes[position] ^= 0xFF;

    /// <summary>Damages several bytes.</summary>
    public void Overwrite(long position, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes.AsSpan((int)position));

    public void Fail(Exception cause)
    {
        _failure.TrySetResult(cause);
        foreach ((IJournalAppender appender, _) in _unwritten.Concat(_unsynced).ToArray())
        {
            appender.JournalFailed(cause);
        }
    }

    public bool TryPin(JournalPosition position, out JournalPin pin)
    {
        if (position.Value < EvictedBelow || position.Value >= _end)
        {
            pin = default;
            return false;
        }

        OpenPins++;
        pin = new JournalPin(_bytes.AsMemory((int)position.Value, (int)(EndOfFile(position) - position.Value)), this);
        return true;
    }

    public void Release() => OpenPins--;

    public ValueTask<int> ReadAsync(JournalPosition position, Memory<byte> destination, CancellationToken cancellationToken)
    {
        DiskReads++;
        BeforeDiskRead?.Invoke(position);
        if (position < Start && !OpenHolds.Exists(from => from <= position.Value))
        {
            return ValueTask.FromResult(0);
        }

        int count = (int)Math.Min(destination.Length, EndOfFile(position) - position.Value);
        _bytes.AsSpan((int)position.Value, count).CopyTo(destination.Span);
        return ValueTask.FromResult(count);
    }

    public JournalPosition Start { get; private set; }

    public JournalPosition End => new(_end);

    public JournalPosition OldestFileEnd => Start + FileBytes;

    public JournalUsage Usage => new(Start, End, (_end - Start.Value + FileBytes - 1) / FileBytes * FileBytes, _bytes.Length, FileBytes);

    public string Describe(JournalPosition position) => $"Journal in memory, byte {position}";

    public IDisposable Hold(JournalPosition from)
    {
        long kept = Math.Max(from.Value, Start.Value);
        OpenHolds.Add(kept);
        return new HeldOpen(() => OpenHolds.Remove(kept));
    }

    public ValueTask<int> TrimAsync(JournalPosition below) => ValueTask.FromResult(Trim(below));

    /// <summary>Gives files back at once.</summary>
    public int Trim(JournalPosition below)
    {
        int count = (int)((below - Start) / FileBytes);
        Start += count * FileBytes;
        EvictedBelow = Math.Max(EvictedBelow, Start.Value);
        return count;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A frame's payload.</summary>
    public ReadOnlyMemory<byte> PayloadOf(FrameHeader frame) =>
        _bytes.AsMemory((int)frame.Position.Value + FrameHeader.Size, frame.PayloadLength);

    /// <summary>What a crash may leave: so many frames, at least those that are synced. Nobody is told of the rest.</summary>
    public void CrashTo(int frames)
    {
        Assert.InRange(frames, SyncedFrames, Frames.Count);
        Frames.RemoveRange(frames, Frames.Count - frames);
        _unwritten.Clear();
        _unsynced.Clear();
        _fileEnds.Clear();
        foreach (FrameHeader frame in Frames)
        {
            _fileEnds[FileOf(frame.Position.Value)] = frame.End.Value;
        }

        _end = Frames.Count > 0 ? Frames[^1].End.Value : 0;
        _bytes.AsSpan((int)_end).Clear();
    }

    /// <summary>Every frame that has not been trimmed, to a replay.</summary>
    public void ReplayTo(IJournalReplay replay)
    {
        foreach (FrameHeader frame in Frames.Where(frame => frame.Position >= Start))
        {
            replay.Replay(frame, new JournalPosition(FileOf(frame.Position.Value)), PayloadOf(frame).Span);
        }
    }

    private long FileOf(long position) => IsSplit ? position / FileBytes * FileBytes : 0;

    private long EndOfFile(JournalPosition position) => _fileEnds.GetValueOrDefault(FileOf(position.Value), position.Value);

    private sealed class HeldOpen(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
