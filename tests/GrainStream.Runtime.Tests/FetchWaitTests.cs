using GrainStream.Protocol;
using GrainStream.Runtime.Reading;

namespace GrainStream.Runtime.Tests;

public sealed class FetchWaitTests : IDisposable
{
    private readonly PartitionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_advance_of_the_high_watermark_wakes_the_reader()
    {
        using var wait = new FetchWait(TimeProvider.System, TimeSpan.FromHours(1));
        _fixture.Partition.Watch(wait, Offset.Zero);
        Task<bool> next = wait.NextAsync().AsTask();
        _fixture.Append("a");
        Assert.False(next.IsCompleted);
        _fixture.Journal.Sync();
        Assert.True(next.IsCompleted);
        Assert.True(await next);
    }

    [Fact]
    public async Task An_advance_before_the_wait_is_not_lost()
    {
        using var wait = new FetchWait(TimeProvider.System, TimeSpan.FromHours(1));
        _fixture.Partition.Watch(wait, Offset.Zero);
        _fixture.Append("a");
        _fixture.Journal.Sync();
        Assert.True(await wait.NextAsync());
        Assert.False(wait.NextAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task A_reader_whose_time_is_up_is_told_so_for_good()
    {
        using var wait = new FetchWait(TimeProvider.System, TimeSpan.FromHours(1));
        _fixture.Partition.Watch(wait, Offset.Zero);
        Task<bool> next = wait.NextAsync().AsTask();
        wait.Cancel();
        Assert.False(await next);
        _fixture.Append("a");
        _fixture.Journal.Sync();
        Assert.False(await wait.NextAsync());
    }

    [Fact]
    public void A_reader_that_waits_beyond_the_advance_sleeps_on()
    {
        using var wait = new FetchWait(TimeProvider.System, TimeSpan.FromHours(1));
        _fixture.Partition.Watch(wait, new Offset(5));
        Task<bool> next = wait.NextAsync().AsTask();
        _fixture.Append("a");
        _fixture.Journal.Sync();
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public void A_deleted_partition_wakes_its_readers()
    {
        using var wait = new FetchWait(TimeProvider.System, TimeSpan.FromHours(1));
        _fixture.Partition.Watch(wait, Offset.Zero);
        Task<bool> next = wait.NextAsync().AsTask();
        _fixture.Partition.Post(new Partitions.StopInput(Partitions.PartitionStatus.Deleted));
        Assert.True(next.IsCompleted);
    }
}
