using System.Buffers;
using System.Runtime.InteropServices;

namespace GrainStream.Gateway.Buffers;

/// <summary>One pinned socket buffer. The object is reused with its memory, so that renting allocates nothing.</summary>
internal sealed class Block : IMemoryOwner<byte>
{
    private readonly BlockStore _store;
    private readonly Memory<byte> _memory;
    private int _rented = 1;

    internal Block(BlockStore store)
    {
        _store = store;
        // Pinned for good: the socket layer then needs no handle per call, and the block never moves.
        byte[] bytes = GC.AllocateUninitializedArray<byte>(store.BlockBytes, pinned: true);
        _memory = MemoryMarshal.CreateFromPinnedArray(bytes, 0, bytes.Length);
    }

    /// <summary>The whole block. Not to be touched after <see cref="Dispose"/>.</summary>
    public Memory<byte> Memory => _memory;

    /// <summary>Gives the block back; a second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, 0) == 1)
        {
            _store.Return(this);
        }
    }

    internal void MarkRented() => Volatile.Write(ref _rented, 1);
}
