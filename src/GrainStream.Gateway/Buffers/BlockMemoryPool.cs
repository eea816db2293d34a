using System.Buffers;

namespace GrainStream.Gateway.Buffers;

/// <summary>Kestrel's view of the node's <see cref="BlockStore"/>; Kestrel disposes its view, the store stays.</summary>
internal sealed class BlockMemoryPool(BlockStore store) : MemoryPool<byte>
{
    /// <inheritdoc/>
    public override int MaxBufferSize => store.BlockBytes;

    /// <summary>Hands out a whole block, however little is asked for.</summary>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, store.BlockBytes);
        return store.Rent();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Nothing is held here: blocks in use go back to the store, which outlives each listener.
    }
}
