using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Reading.Segments;
using GrainStream.TestKit;

namespace GrainStream.Runtime.Tests.Tiering;

public sealed class BlockCacheTests
{
    private const int Block = OpenSegment.BlockBytes;

    private readonly List<TaskCompletionSource> _fetches = [];
    private readonly Lock _gate = new();
    private bool _holdFetches;
    private Exception? _failure;

    [Fact]
    public async Task Concurrent_readers_of_one_block_fetch_it_once()
    {
        _holdFetches = true;
        await using var cache = new BlockCache(4 * Block, FetchAsync);
        OpenSegment segment = Segment(4);
        Task<SegmentBlock?>[] readers = [.. Enumerable.Range(0, 50).Select(_ => cache.AcquireAsync(segment, 1, true, default).AsTask())];
        Assert.Single(_fetches);
        _fetches[0].SetResult();
        SegmentBlock?[] blocks = await Task.WhenAll(readers);
        Assert.All(blocks, block => Assert.Same(blocks[0], block));
        Assert.All(blocks, block => cache.Release(block!));
        Assert.Equal(1, cache.LoadCount);
    }

    [Fact]
    public async Task A_hundred_readers_who_hold_what_they_got_stay_within_the_bound_and_the_others_wait()
    {
        await using var cache = new BlockCache(8 * Block, FetchAsync);
        OpenSegment segment = Segment(100);
        Task<SegmentBlock?>[] readers = [.. Enumerable.Range(0, 100).Select(block => cache.AcquireAsync(segment, block, true, default).AsTask())];
        var served = new HashSet<Task<SegmentBlock?>>();
        while (served.Count < 100)
        {
            Task<SegmentBlock?> next = await Eventually.CompletesAsync("a reader gets its block", Task.WhenAny(readers.Except(served)));
            Assert.True(cache.Bytes <= 8 * Block, $"{cache.Bytes} bytes are in use");
            Assert.Null(await cache.AcquireAsync(segment, 99 - served.Count, mayWait: false, default) is { } hit ? Return(cache, hit) : null);
            served.Add(next);
            cache.Release((await next)!);
        }
    }

    [Fact]
    public async Task A_block_larger_than_everything_is_let_in_alone()
    {
        await using var cache = new BlockCache(1000, FetchAsync);
        OpenSegment segment = Segment(2);
        SegmentBlock first = (await cache.AcquireAsync(segment, 0, true, default))!;
        Task<SegmentBlock?> second = cache.AcquireAsync(segment, 1, true, default).AsTask();
        Assert.False(second.IsCompleted);
        cache.Release(first);
        cache.Release((await Eventually.CompletesAsync("the second comes after the first", second))!);
    }

    [Fact]
    public async Task A_failed_fetch_is_told_to_all_who_wait_and_tried_again_by_the_next()
    {
        await using var cache = new BlockCache(4 * Block, FetchAsync);
        OpenSegment segment = Segment(1);
        _failure = new IOException("gone");
        await Assert.ThrowsAsync<IOException>(async () => await cache.AcquireAsync(segment, 0, true, default));
        cache.FetchAhead(segment, 0);
        Assert.Equal(0, cache.Bytes);
        _failure = null;
        cache.Release((await cache.AcquireAsync(segment, 0, true, default))!);
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_room_to_the_next()
    {
        await using var cache = new BlockCache(Block, FetchAsync);
        OpenSegment segment = Segment(3);
        SegmentBlock held = (await cache.AcquireAsync(segment, 0, true, default))!;
        using var impatient = new CancellationTokenSource();
        Task<SegmentBlock?> given = cache.AcquireAsync(segment, 1, true, impatient.Token).AsTask();
        Task<SegmentBlock?> patient = cache.AcquireAsync(segment, 2, true, default).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        cache.Release(held);
        cache.Release((await Eventually.CompletesAsync("the patient one gets its block", patient))!);
        Assert.Equal(Block, cache.Bytes);
    }

    [Fact]
    public async Task Blocks_fetched_ahead_take_half_and_outlive_those_that_were_read()
    {
        await using var cache = new BlockCache(8 * Block, FetchAsync);
        OpenSegment segment = Segment(30);
        for (int block = 0; block < 10; block++)
        {
            cache.FetchAhead(segment, block);
        }

        Assert.Equal(4 * Block, cache.Bytes);
        for (int block = 10; block < 30; block++)
        {
            cache.Release((await cache.AcquireAsync(segment, block, true, default))!);
        }

        Assert.Equal(24, cache.LoadCount);
        for (int block = 0; block < 4; block++)
        {
            cache.Release((await cache.AcquireAsync(segment, block, true, default))!);
        }

        Assert.Equal(24, cache.LoadCount);
    }

    [Fact]
    public async Task Random_readers_on_many_threads_never_see_another_block_and_keep_the_bound()
    {
        const int Seed = 42;
        await using var cache = new BlockCache(6 * Block, FetchAsync);
        OpenSegment segment = Segment(16);
        Task[] readers = [.. Enumerable.Range(0, 8).Select(reader => Task.Run(async () =>
        {
            var random = new Random(Seed + reader);
            for (int i = 0; i < 300; i++)
            {
                int wanted = random.Next(16);
                SegmentBlock block = (await cache.AcquireAsync(segment, wanted, true, default))!;
                Assert.Equal((byte)wanted, block.Bytes.Span[random.Next(block.Bytes.Length)]);
                cache.FetchAhead(segment, (wanted + 1) % 16);
                Assert.True(cache.Bytes <= 6 * Block);
                await Task.Yield();
                Assert.Equal((byte)wanted, block.Bytes.Span[^1]);
                cache.Release(block);
            }
        }))];
        await Eventually.CompletesAsync("all readers are served", Task.WhenAll(readers));
    }

    private static SegmentBlock? Return(BlockCache cache, SegmentBlock block)
    {
        cache.Release(block);
        return null;
    }

    /// <summary>A segment of that many blocks of one chunk each.</summary>
    private static OpenSegment Segment(int blocks)
    {
        var builder = new SegmentFooterBuilder(TieredHistory.Partition, Offset.Zero, TieredHistory.Epoch);
        for (int i = 0; i < blocks; i++)
        {
            builder.Add(
                new RecordBatchHeader(i, Block - RecordBatchHeader.LengthOverhead, 0, 2, 0, 0, 0, 0, 0, -1, -1, -1, 1), (uint)i);
        }

        SegmentFooter footer = builder.Build(new Offset(blocks), new Core.Timestamp(0));
        byte[] content = SegmentFooterCodec.Encode(footer, out uint crc);
        return new OpenSegment(
            TieredHistory.Partition,
            new SegmentEntry(Offset.Zero, new Offset(blocks), footer.DataLength + content.Length, footer.DataLength, 0, default, TieredHistory.Epoch, 1, crc),
            footer);
    }

    private async ValueTask FetchAsync(OpenSegment segment, int block, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        TaskCompletionSource? gate = null;
        lock (_gate)
        {
            if (_holdFetches)
            {
                gate = new TaskCompletionSource();
                _fetches.Add(gate);
            }
        }

        if (gate is not null)
        {
            await gate.Task;
        }

        destination.Span.Fill((byte)block);
    }
}
