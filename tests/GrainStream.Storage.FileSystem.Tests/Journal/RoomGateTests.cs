using GrainStream.Storage.FileSystem.Journal;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>Back-pressure.</summary>
public sealed class RoomGateTests
{
    private readonly RoomGate _gate = new(maxPendingBytes: 100);

    [Fact]
    public void With_room_nobody_waits()
    {
        _gate.Add(99);
        Assert.True(_gate.WaitAsync(1000, default).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Waiters_go_in_the_order_they_came_as_far_as_there_is_room()
    {
        _gate.Add(200);
        Task first = _gate.WaitAsync(60, default).AsTask();
        Task second = _gate.WaitAsync(60, default).AsTask();
        Task third = _gate.WaitAsync(60, default).AsTask();
        _gate.Remove(100);
        Assert.False(first.IsCompleted);
        _gate.Remove(50);
        await first.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(second.IsCompleted && third.IsCompleted);
        _gate.Remove(50);
        await second.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(third.IsCompleted && !second.IsCompleted);
    }

    [Fact]
    public async Task Who_comes_while_others_wait_waits_behind_them()
    {
        _gate.Add(100);
        Task first = _gate.WaitAsync(1, default).AsTask();
        _gate.Add(-50);
        Task second = _gate.WaitAsync(1, default).AsTask();
        Assert.False(second.IsCompleted);
        _gate.Remove(1);
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Who_gives_up_makes_way()
    {
        _gate.Add(100);
        using var giveUp = new CancellationTokenSource();
        Task first = _gate.WaitAsync(1, giveUp.Token).AsTask();
        Task second = _gate.WaitAsync(1, default).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _gate.Remove(1);
        await second.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(_gate.WaitAsync(1, default).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Once_open_nobody_waits()
    {
        _gate.Add(1000);
        Task waiting = _gate.WaitAsync(1, default).AsTask();
        _gate.Open();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        await _gate.WaitAsync(1, default);
    }

    [Fact]
    public async Task Many_threads_never_hang_at_the_gate()
    {
        var gate = new RoomGate(maxPendingBytes: 3);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                await gate.WaitAsync(1, default);
                gate.Add(1);
                gate.Remove(1);
            }
        }))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, gate.PendingBytes);
    }
}
