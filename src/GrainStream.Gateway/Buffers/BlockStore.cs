namespace GrainStream.Gateway.Buffers;

/// <summary>
/// Free socket buffers of one size, shared by all connections. Last in, first out, so that a busy connection stays in the processor's
/// cache.
/// Keeps at most a given number of free blocks; what comes back beyond that is left to the garbage collector. Thread-safe.
/// </summary>
internal sealed class BlockStore
{
    private readonly Lock _gate = new();
    private readonly Block[] _free;
    private int _freeCount;

    /// <param name="blockBytes">Bytes of each block.</param>
    /// <param name="retainedBytes">Bytes of free blocks to keep.</param>
    public BlockStore(int blockBytes, long retainedBytes)
    {
        BlockBytes = blockBytes;
        _free = new Block[retainedBytes / blockBytes];
    }

    /// <summary>Bytes of each block.</summary>
    public int BlockBytes { get; }

    /// <summary>Blocks that lie ready for reuse.</summary>
    public int FreeBlocks
    {
        get
        {
            lock (_gate)
            {
                return _freeCount;
            }
        }
    }

    /// <summary>Hands out a block; its content is whatever was there. Dispose it once to give it back.</summary>
    public Block Rent()
    {
        lock (_gate)
        {
            if (_freeCount > 0)
            {
                Block block = _free[--_freeCount];
                block.MarkRented();
                return block;
            }
        }

        return new Block(this);
    }

    internal void Return(Block block)
    {
        lock (_gate)
        {
            if (_freeCount < _free.Length)
            {
                _free[_freeCount++] = block;
            }
        }
    }
}
