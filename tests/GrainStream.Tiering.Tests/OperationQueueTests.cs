using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Tiering;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Tiering.Tests;

public sealed class OperationQueueTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly RuntimeInstruments _instruments = new(null, static () => 1);
    private readonly OperationQueue _queue = new(concurrency: 2);

    [Fact]
    public async Task Operations_of_one_partition_run_one_after_the_other()
    {
        PartitionTier tier = NewTier();
        var first = new TaskCompletionSource<TierOutcome>();
        bool secondRan = false;
        Task<TierOutcome> one = _queue.RunAsync(tier, false, () => first.Task);
        Task<TierOutcome> two = _queue.RunAsync(tier, true, () =>
        {
            secondRan = true;
            return Task.FromResult(TierOutcome.Done);
        });
        Assert.Equal(TierOutcome.Done, await _queue.RunAsync(NewTier(), false, () => Task.FromResult(TierOutcome.Done)).WaitAsync(Limit));
        Assert.False(secondRan);

        first.SetResult(TierOutcome.Failed);
        Assert.Equal(TierOutcome.Failed, await one.WaitAsync(Limit));
        Assert.Equal(TierOutcome.Done, await two.WaitAsync(Limit));
    }

    [Fact]
    public async Task Only_so_many_run_at_a_time_and_urgent_ones_come_first()
    {
        var gates = new TaskCompletionSource<TierOutcome>[2];
        Task<TierOutcome>[] running = [.. gates.Select((_, i) => _queue.RunAsync(NewTier(), false, () => (gates[i] = new()).Task))];
        await Until(() => gates.All(gate => gate is not null));
        var order = new List<string>();
        Task ordinary = _queue.RunAsync(NewTier(), false, () => Note(order, "ordinary"));
        Task urgent = _queue.RunAsync(NewTier(), true, () => Note(order, "urgent"));
        Assert.Equal(2, _queue.Running);

        gates[0].SetResult(TierOutcome.Done);
        await Task.WhenAll(ordinary, urgent).WaitAsync(Limit);
        Assert.Equal(["urgent", "ordinary"], order);
        gates[1].SetResult(TierOutcome.Done);
        await Task.WhenAll(running).WaitAsync(Limit);
    }

    [Fact]
    public async Task Closing_cancels_what_waits_and_waits_for_what_runs()
    {
        PartitionTier tier = NewTier();
        var first = new TaskCompletionSource<TierOutcome>();
        Task<TierOutcome> runs = _queue.RunAsync(tier, false, () => first.Task);
        await Until(() => _queue.Running == 1);
        Task<TierOutcome> waits = _queue.RunAsync(tier, false, () => Task.FromResult(TierOutcome.Done));

        Task closed = _queue.CloseAsync();
        Assert.Equal(TierOutcome.Cancelled, await waits.WaitAsync(Limit));
        Assert.False(closed.IsCompleted);
        Assert.Equal(TierOutcome.Cancelled, await _queue.RunAsync(tier, true, () => Task.FromResult(TierOutcome.Done)));

        first.SetResult(TierOutcome.Done);
        await closed.WaitAsync(Limit);
        Assert.Equal(TierOutcome.Done, await runs);
    }

    public void Dispose() => _instruments.Dispose();

    private static Task<TierOutcome> Note(List<string> order, string name)
    {
        lock (order)
        {
            order.Add(name);
        }

        return Task.FromResult(TierOutcome.Done);
    }

    private static Task Until(Func<bool> condition) => TestKit.Eventually.HoldsAsync("the operations run", condition);

    private PartitionTier NewTier() => new(new Partition(
        new PartitionId(Broker.NewTopicId(), 0),
        "orders",
        AppendRules.Default,
        new PartitionServices(TimeProvider.System, NullLogger.Instance, _instruments)));
}
