using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// A block of a tail index's runs. One thread writes; a run's base offset and start are set once, before the run is published, its extent
/// (length and own bytes, together) and greatest timestamp grow. Each is one 64-bit word, so that a reader sees a whole value.
/// </summary>
internal sealed class RunChunk(int capacity)
{
    private readonly Slot[] _slots = new Slot[capacity];
    private long _maxTimestamp = Timestamp.None.UnixMs;

    public int Capacity => _slots.Length;

    /// <summary>Greatest timestamp of all runs the chunk ever held.</summary>
    public long MaxTimestamp => Volatile.Read(ref _maxTimestamp);

    public RunEntry this[int index]
    {
        get
        {
            ref Slot slot = ref _slots[index];
            ulong extent = Volatile.Read(ref slot.Extent);
            return new RunEntry(
                new Offset(slot.BaseOffset),
                new JournalPosition(slot.Start),
                new JournalPosition(slot.Start + (long)(extent >> 32)),
                Volatile.Read(ref slot.MaxTimestamp),
                (uint)extent);
        }
    }

    public Offset BaseOffset(int index) => new(_slots[index].BaseOffset);

    public JournalPosition Start(int index) => new(_slots[index].Start);

    public long MaxTimestampOf(int index) => Volatile.Read(ref _slots[index].MaxTimestamp);

    public void Set(int index, in RunEntry run)
    {
        ref Slot slot = ref _slots[index];
        slot.BaseOffset = run.BaseOffset.Value;
        slot.Start = run.Start.Value;
        slot.MaxTimestamp = run.MaxTimestamp;
        slot.Extent = Extent(run.End - run.Start, run.Bytes);
        Raise(ref _maxTimestamp, run.MaxTimestamp);
    }

    public void Extend(int index, JournalPosition end, long maxTimestamp, long bytes)
    {
        ref Slot slot = ref _slots[index];
        Raise(ref _maxTimestamp, maxTimestamp);
        Raise(ref slot.MaxTimestamp, maxTimestamp);
        Volatile.Write(ref slot.Extent, Extent(end.Value - slot.Start, (uint)slot.Extent + bytes));
    }

    /// <summary>A copy with room for more; the old one stays valid for those who hold it.</summary>
    public RunChunk Grow(int capacity)
    {
        var grown = new RunChunk(capacity) { _maxTimestamp = _maxTimestamp };
        _slots.CopyTo(grown._slots, 0);
        return grown;
    }

    private static ulong Extent(long length, long bytes)
    {
        Invariant.Require(
            length is > 0 and <= uint.MaxValue && bytes >= 0 && bytes <= length, $"A run of {length} bytes cannot hold {bytes} bytes of batches.");
        return ((ulong)length << 32) | (uint)bytes;
    }

    private static void Raise(ref long value, long candidate)
    {
        if (candidate > value)
        {
            Volatile.Write(ref value, candidate);
        }
    }

    private struct Slot
    {
        public long BaseOffset;
        public long Start;
        public long MaxTimestamp;
        public ulong Extent;
    }
}
