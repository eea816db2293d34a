using GrainStream.Protocol;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// Remembers where reads ended, so that one that begins there is known for a sequential reader's. A fixed table that forgets: a mark lost, or two places
/// that share one, costs a fetch too few or too many. Thread-safe without a lock.
/// </summary>
internal sealed class ReadAheadMarks
{
    private const int Slots = 4096;
    private readonly long[] _marks = new long[Slots];

    /// <summary>A read ended here: at a byte of the segment that begins at <paramref name="segment"/>.</summary>
    public void Set(PartitionId partition, Offset segment, long position)
    {
        long mark = Of(partition, segment, position);
        Volatile.Write(ref _marks[(int)(mark & (Slots - 1))], mark);
    }

    /// <summary>Whether a read ended here lately.</summary>
    public bool Has(PartitionId partition, Offset segment, long position)
    {
        long mark = Of(partition, segment, position);
        return Volatile.Read(ref _marks[(int)(mark & (Slots - 1))]) == mark;
    }

    // Never 0, which an empty slot holds.
    private static long Of(PartitionId partition, Offset segment, long position)
    {
        ulong mixed = ((ulong)(uint)HashCode.Combine(partition, segment) << 32) | (uint)HashCode.Combine(position, partition.Index);
        return (long)((mixed * 0x9E3779B97F4A7C15) ^ (mixed >> 29)) | (1L << 40);
    }
}
