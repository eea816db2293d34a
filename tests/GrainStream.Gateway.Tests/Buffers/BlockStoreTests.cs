using System.Buffers;
using GrainStream.Gateway.Buffers;

namespace GrainStream.Gateway.Tests.Buffers;

public sealed class BlockStoreTests
{
    private const int BlockBytes = 8_192;

    [Fact]
    public void The_block_that_came_back_last_goes_out_first()
    {
        var store = new BlockStore(BlockBytes, retainedBytes: 4 * BlockBytes);
        Block first = store.Rent();
        Block second = store.Rent();
        first.Dispose();
        second.Dispose();
        Assert.Equal(BlockBytes, second.Memory.Length);
        Assert.Same(second, store.Rent());
        Assert.Same(first, store.Rent());
    }

    [Fact]
    public void No_more_free_blocks_are_kept_than_allowed()
    {
        var store = new BlockStore(BlockBytes, retainedBytes: (2 * BlockBytes) + 1);
        Block[] blocks = [.. Enumerable.Range(0, 5).Select(_ => store.Rent())];
        foreach (Block block in blocks)
        {
            block.Dispose();
        }

        Assert.Equal(2, store.FreeBlocks);
    }

    [Fact]
    public void A_block_that_is_given_back_twice_is_handed_out_once()
    {
        var store = new BlockStore(BlockBytes, retainedBytes: 4 * BlockBytes);
        Block block = store.Rent();
        block.Dispose();
        block.Dispose();
        Assert.Equal(1, store.FreeBlocks);
        Assert.NotSame(store.Rent(), store.Rent());
    }

    [Fact]
    public void Every_pool_gives_whole_blocks_of_the_one_store_and_leaves_it_whole_when_disposed()
    {
        var factory = new BlockMemoryPoolFactory(new GatewayOptions { BlockBytes = BlockBytes });
        MemoryPool<byte> one = factory.Create();
        using MemoryPool<byte> other = factory.Create();
        IMemoryOwner<byte> block = one.Rent(100);
        Assert.Equal(BlockBytes, block.Memory.Length);
        Assert.Equal(BlockBytes, one.MaxBufferSize);
        Assert.Throws<ArgumentOutOfRangeException>(() => one.Rent(BlockBytes + 1));
        one.Dispose();
        block.Dispose();
        Assert.Same(block, other.Rent());
    }
}
