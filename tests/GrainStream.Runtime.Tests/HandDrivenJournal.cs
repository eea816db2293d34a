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
    private long _end;

    /// <summary>What the next appends are answered.</summary>
    public JournalAppendStatus Status { get; set; } = JournalAppendStatus.Appended;

    /// <summary>Positions below are no longer in memory.</summary>
    public long EvictedBelow { get; set; }

    /// <summary>Bytes of one file, as far as trimming goes.</summary>
    public long FileBytes { get; set; } = 1024 * 1024;

    /// <summary>Holds given and not returned, by the position from which on they still find everything.</summary>
    public List<long> OpenHolds { get; } = [];

    /// <summary>Called before each disk read.</summary>
    public Action<JournalPosition>? BeforeDiskRead { get; set; }

    /// <summary>Pins given and not returned.</summary>
    public int OpenPins { get; private set; }

    /// <summary>Frames appended.</summary>
    public List<FrameHeader> Frames { get; } = [];

    public long DiskReads { get; private set; }

    public Task<Exception> Failure => _failure.Task;

    public ValueTask WaitForRoomAsync(int bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public JournalAppendStatus Append(in JournalAppend append, IJournalAppender appender, out JournalSlot slot)
    {
        slot = default;
        if (Status != JournalAppendStatus.Appended)
        {
            return Status;
        }

        int payload = append.Head.Length + (int)append.Body.Length;
        var header = new FrameHeader(
            payload, 0, new JournalPosition(_end), default, append.Kind, append.Partition, append.Epoch, append.BaseOffset);
        Span<byte> frame = _bytes.AsSpan((int)_end, header.TotalSize);
        append.Head.CopyTo(frame[FrameHeader.Size..]);
        append.Body.CopyTo(frame[(FrameHeader.Size + append.Head.Length)..]);
        Assert.Equal(append.PayloadCrc, Crc32C.Compute(frame.Slice(FrameHeader.Size, payload)));
        header.Write(frame);
        header = header with { Crc = Crc32C.Compute(frame[FrameHeader.CrcCoverageStart..(FrameHeader.Size + payload)]) };
        header.Write(frame);
        slot = new JournalSlot(header.Position, default);
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
        pin = new JournalPin(_bytes.AsMemory((int)position.Value, (int)(_end - position.Value)), this);
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

        int count = (int)Math.Min(destination.Length, _end - position.Value);
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

    /// <summary>Every frame, to a replay.</summary>
    public void ReplayTo(IJournalReplay replay)
    {
        foreach (FrameHeader frame in Frames)
        {
            replay.Replay(frame, default, _bytes.AsSpan((int)frame.Position.Value + FrameHeader.Size, frame.PayloadLength));
        }
    }

    private sealed class HeldOpen(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
