using System.Buffers;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// The filling side of the journal: gives each frame its position, copies it into a slab, and collects what waits for the disk in groups.
/// Has no thread: whoever owns it takes groups (<see cref="TryTake"/>) and commits them (<see cref="GroupWriter"/>).
/// <para>A position is reserved under a short lock; the copying is done outside of it, so that large frames are copied side by side.
/// The order of reservation is the order in the journal.</para>
/// </summary>
internal sealed class GroupCommit(FileJournalOptions options, JournalFileTable files, NextFile nextFile, SlabCache slabs, RoomGate room)
{
    /// <summary>Largest payload of a frame: 1 GiB, so that sizes stay far from what an int holds.</summary>
    public const long MaxPayloadBytes = 1L << 30;

    /// <summary>
    /// Part of a file that is kept for the node's own frames (one in so many bytes) while the next file cannot be made: with the disk full they
    /// are what gives space back.
    /// </summary>
    private const int ReservedPart = 16;

    private static readonly PartitionId NoPartition = new(TopicId.None, -1);

    private readonly Lock _lock = new();
    private readonly Queue<Group> _closed = new();
    private readonly Stack<Group> _spare = new();
    private Group _open = new();
    private JournalFile _file = null!;
    private Slab? _slab;
    private JournalPosition _end;
    private long _publishedEnd;
    private long _synced;
    private bool _accepting;
    private bool _writerIdle;
    private bool _hasWaiting;

    /// <summary>Called, outside the lock, when a file was taken into use, so that the one after it can be made.</summary>
    public Action? NextFileWanted { get; set; }

    /// <summary>Called, outside the lock, when something waits and <see cref="TryTake"/> had said that nothing did.</summary>
    public Action? GroupWaiting { get; set; }

    /// <summary>Up to where the journal is on stable storage. Positions below it never change.</summary>
    public JournalPosition Synced => new(Volatile.Read(ref _synced));

    /// <summary>Where the next frame goes, unless the file has no room for it.</summary>
    public JournalPosition End => new(Volatile.Read(ref _publishedEnd));

    /// <summary>Whether a group waits for the disk; may be out of date at once.</summary>
    public bool HasWaiting => Volatile.Read(ref _hasWaiting);

    /// <summary>Begins to take appends, the first of which goes to <paramref name="end"/> in <paramref name="file"/>.</summary>
    public void Start(JournalFile file, JournalPosition end)
    {
        lock (_lock)
        {
            _file = file;
            _end = end;
            _publishedEnd = end.Value;
            _synced = end.Value;
            _accepting = true;
        }
    }

    public JournalAppendStatus Append(in JournalAppend append, IJournalAppender appender, out JournalSlot slot)
    {
        long payloadBytes = append.Head.Length + append.Body.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadBytes, MaxPayloadBytes, nameof(append));
        int payloadLength = (int)payloadBytes;
        int size = FrameHeader.SizeOf(payloadLength);
        slot = default;
        Reservation reservation;
        Wanted wanted;
        lock (_lock)
        {
            if (!_accepting)
            {
                return JournalAppendStatus.Closed;
            }

            if (!HasRoom(append.Kind, size) && !TryGoToNextFile(size))
            {
                return JournalAppendStatus.NoSpace;
            }

            reservation = Reserve(size, appender, append.End);
            wanted = TakeWanted(reservation);
        }

        Span<byte> frame = reservation.Slab.At(reservation.Position, size);
        CopyPayload(append, frame[FrameHeader.Size..]);
        WriteHead(reservation, append, payloadLength, frame);
        reservation.Group.CopyDone();
        Ask(wanted);
        slot = reservation.Slot;
        return JournalAppendStatus.Appended;
    }

    /// <summary>
    /// Takes what waits, oldest first, for writing. False if nothing does; then <see cref="GroupWaiting"/> is called once when
    /// something comes.
    /// </summary>
    public bool TryTake(out Group group)
    {
        lock (_lock)
        {
            if (_closed.TryDequeue(out group!))
            {
                _hasWaiting = _closed.Count > 0 || !_open.IsEmpty;
                return true;
            }

            if (_open.IsEmpty)
            {
                _writerIdle = true;
                return false;
            }

            group = _open;
            _open = NewGroup();
            _hasWaiting = false;
            return true;
        }
    }

    /// <summary>Says that everything below a position is on stable storage.</summary>
    public void AdvanceSynced(JournalPosition end) => Volatile.Write(ref _synced, end.Value);

    /// <summary>Takes a group back whose callbacks have all run.</summary>
    public void Recycle(Group group)
    {
        lock (_lock)
        {
            group.Clear();
            _spare.Push(group);
        }
    }

    /// <summary>Takes no more appends.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _accepting = false;
        }

        room.Open();
    }

    /// <summary>Appends the frame that says that the node stopped in good order; by the writer, after <see cref="Close"/>. False if the disk has no room for it.</summary>
    public bool TryAppendCleanStop()
    {
        lock (_lock)
        {
            if (_file.End - _end < FrameHeader.Size && !TryGoToNextFile(FrameHeader.Size))
            {
                return false;
            }

            Reservation reservation = Reserve(FrameHeader.Size, appender: null, Offset.Zero);
            WriteBareFrame(reservation, FrameKind.CleanStop);
            reservation.Group.CopyDone();
        }

        return true;
    }

    private bool HasRoom(FrameKind kind, int size)
    {
        long left = _file.End - _end - size;
        return left >= 0 && (left >= _file.Length / ReservedPart || kind != FrameKind.Batch || nextFile.ReadyBytes > 0);
    }

    private bool TryGoToNextFile(int size)
    {
        if (!nextFile.TryTake(Blocks.Up(JournalFileHeader.Size + (long)size), out JournalFile? next))
        {
            return false;
        }

        if (_file.End - _end >= FrameHeader.Size)
        {
            Reservation last = Reserve(FrameHeader.Size, appender: null, Offset.Zero);
            WriteBareFrame(last, FrameKind.FileEnd);
            last.Group.CopyDone();
        }

        // A file is complete on stable storage before anything is written to the next: a bad frame in it can then only be damage.
        if (!_open.IsEmpty)
        {
            CloseOpenGroup();
        }

        files.Add(next);
        _file = next;
        _end = next.FirstFrame;
        Volatile.Write(ref _publishedEnd, _end.Value);
        _slab = null;
        return true;
    }

    private Reservation Reserve(int size, IJournalAppender? appender, Offset end)
    {
        // A slab keeps room for one bare frame, so that ending a file never takes another slab.
        int needed = appender is null ? size : size + FrameHeader.Size;
        if (_slab is null || _slab.Free < needed)
        {
            _slab = slabs.Add(_end, size, Synced);
        }

        Group group = _open;
        JournalPosition position = _end;
        group.Add(_file, _slab, position, size, appender, end);
        _end += size;
        Volatile.Write(ref _publishedEnd, _end.Value);
        _slab.End = _end;
        room.Add(size);
        if (group.Bytes >= options.MaxGroupBytes)
        {
            CloseOpenGroup();
        }

        _hasWaiting = true;
        return new Reservation(_slab, group, new JournalSlot(position, _file.Base), Synced);
    }

    private void CloseOpenGroup()
    {
        _closed.Enqueue(_open);
        _open = NewGroup();
    }

    private Group NewGroup() => _spare.TryPop(out Group? spare) ? spare : new Group();

    /// <summary>What the append that made this reservation must ask for when its copy is done.</summary>
    private Wanted TakeWanted(in Reservation reservation)
    {
        Wanted wanted = _writerIdle ? Wanted.Writer : Wanted.Nothing;
        _writerIdle = false;
        return reservation.Position == _file.FirstFrame ? wanted | Wanted.NextFile : wanted;
    }

    private void Ask(Wanted wanted)
    {
        if ((wanted & Wanted.Writer) != 0)
        {
            GroupWaiting?.Invoke();
        }

        if ((wanted & Wanted.NextFile) != 0)
        {
            NextFileWanted?.Invoke();
        }
    }

    private static void CopyPayload(in JournalAppend append, Span<byte> destination)
    {
        append.Head.CopyTo(destination);
        destination = destination[append.Head.Length..];
        if (append.Body.IsSingleSegment)
        {
            append.Body.FirstSpan.CopyTo(destination);
        }
        else
        {
            append.Body.CopyTo(destination);
        }

        destination[(int)append.Body.Length..].Clear();
    }

    private static void WriteHead(in Reservation reservation, in JournalAppend append, int payloadLength, Span<byte> frame)
    {
        var header = new FrameHeader(
            payloadLength, 0, reservation.Position, reservation.Synced, append.Kind, append.Partition, append.Epoch, append.BaseOffset);
        header.Write(frame);
        uint headCrc = Crc32C.Compute(frame[FrameHeader.CrcCoverageStart..FrameHeader.Size]);
        FrameHeader.WriteCrc(frame, Crc32C.Combine(headCrc, append.PayloadCrc, payloadLength));
    }

    private static void WriteBareFrame(in Reservation reservation, FrameKind kind)
    {
        var append = new JournalAppend
        {
            Kind = kind,
            Partition = NoPartition,
            Epoch = new LeaderEpoch(-1),
            BaseOffset = Offset.Zero,
            End = Offset.Zero,
            PayloadCrc = 0,
        };
        WriteHead(reservation, append, 0, reservation.Slab.At(reservation.Position, FrameHeader.Size));
    }

    [Flags]
    private enum Wanted
    {
        Nothing = 0,
        Writer = 1,
        NextFile = 2,
    }

    /// <summary>Room for one frame.</summary>
    private readonly record struct Reservation(Slab Slab, Group Group, JournalSlot Slot, JournalPosition Synced)
    {
        public JournalPosition Position => Slot.Position;
    }
}
