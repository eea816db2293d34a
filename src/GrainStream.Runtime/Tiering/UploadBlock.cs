using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace GrainStream.Runtime.Tiering;

/// <summary>
/// A buffer in which a segment is gathered. Large ones stay where they are in memory and begin at a multiple of <see cref="Alignment"/>, so that a store can write
/// them past the page cache without another copy; they are kept for the next upload, as many as were ever in use at a time.
/// </summary>
internal sealed class UploadBlock : IDisposable
{
    /// <summary>What direct I/O asks for: the largest logical block of common disks, and the size of a page.</summary>
    private const int Alignment = 4096;

    private static readonly ConcurrentBag<UploadBlock> Spare = [];

    private readonly byte[] _array;
    private readonly bool _isLarge;

    private UploadBlock(byte[] array, Memory<byte> memory, bool isLarge)
    {
        _array = array;
        Memory = memory;
        _isLarge = isLarge;
    }

    /// <summary>The buffer, of the length asked for.</summary>
    public Memory<byte> Memory { get; }

    /// <summary>A large block has exactly <paramref name="largest"/> bytes; of smaller ones there may be very many.</summary>
    public static UploadBlock Rent(int length, int largest)
    {
        if (length < largest)
        {
            byte[] pooled = ArrayPool<byte>.Shared.Rent(length);
            return new UploadBlock(pooled, pooled.AsMemory(0, length), isLarge: false);
        }

        if (Spare.TryTake(out UploadBlock? spare))
        {
            return spare;
        }

        byte[] pinned = GC.AllocateUninitializedArray<byte>(largest + Alignment, pinned: true);
        int start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0) & (Alignment - 1));
        return new UploadBlock(pinned, pinned.AsMemory(start, largest), isLarge: true);
    }

    /// <summary>Gives it back, once.</summary>
    public void Dispose()
    {
        if (_isLarge)
        {
            Spare.Add(this);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
