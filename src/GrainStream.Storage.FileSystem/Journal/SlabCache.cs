using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// The slabs in memory, in order of position: the newest is filled, older ones are the cache of every partition's tail, the oldest go
/// first. <see cref="TryPin"/> takes no lock; the rest is under the journal's lock.
/// </summary>
internal sealed class SlabCache(int slabBytes, long memoryBytes) : IDisposable
{
    private readonly SlabPool _pool = new(slabBytes);
    private Slab[] _resident = [];

    /// <summary>Bytes of native memory taken for slabs: resident, pinned, and free for re-use.</summary>
    public long TotalBytes => _pool.TotalBytes;

    /// <summary>
    /// Adds a slab for a frame of <paramref name="size"/> bytes at <paramref name="first"/>, first evicting the oldest that are synced for
    /// as long as the memory bound asks for it. With nothing to evict the bound is exceeded: appends do not wait.
    /// </summary>
    public Slab Add(JournalPosition first, int size, JournalPosition synced)
    {
        // Room for one more head, so that the frame which ends a file never needs a slab of its own.
        int capacity = _pool.CapacityFor((first.Value % Blocks.Size) + size + FrameHeader.Size);
        Slab[] resident = _resident;
        int evict = 0;
        while (_pool.LentBytes + capacity > memoryBytes && evict < resident.Length && resident[evict].End <= synced)
        {
            Volatile.Write(ref _resident, resident[(evict + 1)..]);
            resident[evict].Release();
            evict++;
        }

        Slab slab = _pool.Rent(first, capacity, memoryBytes);
        Volatile.Write(ref _resident, [.. _resident, slab]);
        return slab;
    }

    /// <summary>Lends bytes from a frame's position on, if they are in memory.</summary>
    public bool TryPin(JournalPosition position, out JournalPin pin)
    {
        Slab[] resident = Volatile.Read(ref _resident);
        int low = 0;
        int high = resident.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (resident[middle].First <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            pin = default;
            return false;
        }

        return resident[low - 1].TryPin(position, out pin);
    }

    public void Dispose()
    {
        foreach (Slab slab in Interlocked.Exchange(ref _resident, []))
        {
            slab.Release();
        }

        _pool.Dispose();
    }
}
