using System.Runtime.InteropServices;
using GrainStream.Core.Log;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>Native memory for slabs, kept for re-use while it is of the usual size. Thread-safe: pins may end on any thread.</summary>
internal sealed unsafe class SlabPool(int slabBytes) : IDisposable
{
    /// <summary>The processor's larger page, on x64 and on Arm64 with pages of 4 KiB.</summary>
    private const int HugePageBytes = 2 << 20;

    private readonly Lock _lock = new();
    private readonly Stack<nint> _free = new();
    private long _lentBytes;
    private bool _disposed;

    /// <summary>Bytes in slabs that are resident or pinned.</summary>
    public long LentBytes => Volatile.Read(ref _lentBytes);

    /// <summary>Bytes taken from the system.</summary>
    public long TotalBytes
    {
        get
        {
            lock (_lock)
            {
                return _lentBytes + ((long)_free.Count * slabBytes);
            }
        }
    }

    /// <summary>Bytes that a slab gets for this many bytes of need: the usual size, or more for a large frame.</summary>
    public int CapacityFor(long bytes) => checked((int)Math.Max(slabBytes, Blocks.Up(bytes)));

    /// <summary>
    /// Memory for a slab of <paramref name="capacity"/> bytes that begins at a frame's position. Its content is arbitrary. Free memory
    /// of the wrong size is given back to the system first, as far as keeping to <paramref name="limitBytes"/> asks for it.
    /// </summary>
    public Slab Rent(JournalPosition first, int capacity, long limitBytes)
    {
        lock (_lock)
        {
            if (capacity != slabBytes || !_free.TryPop(out nint memory))
            {
                while (_free.Count > 0 && _lentBytes + ((long)_free.Count * slabBytes) + capacity > limitBytes)
                {
                    NativeMemory.AlignedFree((byte*)_free.Pop());
                }

                memory = (nint)Allocate(capacity);
            }

            _lentBytes += capacity;
            return new Slab(this, (byte*)memory, capacity, first);
        }
    }

    /// <summary>Takes memory back from a slab that nobody refers to any more.</summary>
    public void Return(byte* memory, int capacity)
    {
        lock (_lock)
        {
            _lentBytes -= capacity;
            if (capacity == slabBytes && !_disposed)
            {
                _free.Push((nint)memory);
                return;
            }
        }

        NativeMemory.AlignedFree(memory);
    }

    private static byte* Allocate(int capacity)
    {
        if (capacity < HugePageBytes || !LibC.IsSupported)
        {
            return (byte*)NativeMemory.AlignedAlloc((nuint)capacity, Blocks.Size);
        }

        // In huge pages a slab takes fewer page faults to fill, and direct I/O pins it in two steps instead of a thousand.
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)capacity, HugePageBytes);
        _ = LibC.Advise(memory, (nuint)capacity, LibC.UseHugePages);
        return memory;
    }

    /// <summary>Gives free memory back; what is pinned follows when its pins end.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_free.TryPop(out nint memory))
            {
                NativeMemory.AlignedFree((byte*)memory);
            }
        }
    }
}
