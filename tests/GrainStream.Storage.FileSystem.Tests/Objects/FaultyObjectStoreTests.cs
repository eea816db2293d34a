using GrainStream.Runtime.Ports;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.FileSystem.Tests.Objects;

public sealed class FaultyObjectStoreTests
{
    private readonly ManualClock _clock = new();
    private readonly MemoryObjectStore _inner = new();
    private readonly FaultyObjectStore _store;

    public FaultyObjectStoreTests() => _store = new FaultyObjectStore(_inner, _clock);

    [Fact]
    public async Task Every_call_is_counted_and_named()
    {
        await PutAsync("a");
        await using (IObjectUpload upload = await _store.CreateAsync("b", default))
        {
            await upload.WriteAsync(new byte[1], default);
            await upload.CompleteAsync(default);
        }

        await _store.ReadAsync("a", 0, new byte[1], default);
        await _store.ListAsync("", true, null, default);
        await _store.DeleteAsync("a", default);

        Assert.Equal(
            [
                new(1, StoreOperation.Put, "a"), new(2, StoreOperation.Create, "b"), new(3, StoreOperation.Write, "b"), new(4, StoreOperation.Complete, "b"),
                new(5, StoreOperation.Read, "a"), new(6, StoreOperation.List, ""), new(7, StoreOperation.Delete, "a"),
            ],
            _store.Calls);
        Assert.Empty(_store.Fired);
        Assert.Equal(1, _store.CountOf(StoreOperation.Write));
    }

    [Fact]
    public async Task A_failure_before_the_effect_has_none()
    {
        _store.FaultAt(1, StoreFault.FailedBefore);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => PutAsync("a"));

        Assert.Empty(_inner.Names);
        await PutAsync("a");
        Assert.Equal((new StoreCall(1, StoreOperation.Put, "a"), StoreFault.FailedBefore), Assert.Single(_store.Fired));
    }

    [Fact]
    public async Task A_lost_response_hides_an_effect()
    {
        _store.Script(call => call.Operation is StoreOperation.Put or StoreOperation.Delete && call.Number < 3 ? StoreFault.ResponseLost : null);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => PutAsync("a"));
        Assert.Equal(["a"], _inner.Names);
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await _store.DeleteAsync("a", default));
        Assert.Empty(_inner.Names);
    }

    [Fact]
    public async Task A_fence_comes_with_or_without_the_effect()
    {
        _store.FaultAt(1, StoreFault.FencedByOwnRetry).FaultAt(2, StoreFault.Fenced);

        await Assert.ThrowsAsync<FencedException>(() => PutAsync("a"));
        await Assert.ThrowsAsync<FencedException>(() => PutAsync("b"));

        Assert.Equal(["a"], _inner.Names);
    }

    [Fact]
    public async Task A_condition_that_truly_fails_still_does()
    {
        await PutAsync("a");
        _store.FaultAt(2, StoreFault.ResponseLost);

        await Assert.ThrowsAsync<FencedException>(() => PutAsync("a"));
    }

    [Fact]
    public async Task A_throttled_store_refuses_so_many_calls()
    {
        _store.FaultAt(1, StoreFault.Throttled(2));

        await Assert.ThrowsAsync<StorageUnavailableException>(() => PutAsync("a"));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => PutAsync("b"));
        await PutAsync("c");

        Assert.Equal(["c"], _inner.Names);
    }

    [Fact]
    public async Task A_slow_call_waits_by_the_clock_and_can_be_given_up()
    {
        _store.Script(_ => StoreFault.Slow(TimeSpan.FromSeconds(5)));
        Task put = PutAsync("a");
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(put.IsCompleted);
        Assert.Empty(_inner.Names);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.CompletesAsync("the slow put is done", put);

        using CancellationTokenSource givenUp = new();
        Task second = _store.PutAsync("b", new byte[1], null, givenUp.Token).AsTask();
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(["a"], _inner.Names);
    }

    [Fact]
    public async Task Ranges_come_back_short_or_with_a_flipped_bit()
    {
        await _inner.PutAsync("a", new byte[10], null, default);
        _store.FaultAt(1, StoreFault.ShortRange).FaultAt(2, StoreFault.CorruptRange);
        byte[] read = new byte[10];

        Assert.Equal(5, (await _store.ReadAsync("a", 0, read, default))!.Value.Bytes);
        Assert.Equal(10, (await _store.ReadAsync("a", 0, read, default))!.Value.Bytes);
        Assert.Equal([0, 0, 0, 0, 0, 1, 0, 0, 0, 0], read);
        await _store.ReadAsync("a", 0, read, default);
        Assert.Equal(new byte[10], read);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_crash_nothing_has_an_effect(bool afterEffect)
    {
        IObjectUpload upload = await _store.CreateAsync("upload", default);
        _store.FaultAt(2, afterEffect ? StoreFault.CrashAfter : StoreFault.CrashBefore);

        await Assert.ThrowsAsync<StoreCrashException>(() => PutAsync("a"));
        await Assert.ThrowsAsync<StoreCrashException>(() => PutAsync("b"));
        await Assert.ThrowsAsync<StoreCrashException>(async () => await _store.DeleteAsync("a", default));
        await Assert.ThrowsAsync<StoreCrashException>(async () => await upload.CompleteAsync(default));
        await upload.DisposeAsync();

        Assert.Equal(afterEffect ? ["a"] : [], _inner.Names);
        Assert.Equal(2, (await _store.Crashed).Number);
        Assert.Equal(2, _store.Calls.Count);
    }

    [Fact]
    public async Task A_slow_call_that_is_overtaken_by_a_crash_has_no_effect()
    {
        _store.FaultAt(1, StoreFault.Slow(TimeSpan.FromSeconds(1)));
        Task put = PutAsync("a");
        _store.CrashNow();
        _clock.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<StoreCrashException>(() => put);
        Assert.Empty(_inner.Names);
    }

    [Fact]
    public async Task A_delayed_effect_happens_later_if_its_condition_still_holds()
    {
        _store.Script(call => call.Number <= 2 ? StoreFault.EffectDelayed(2) : null);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => PutAsync("a"));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => PutAsync("b"));
        Assert.Empty(_inner.Names);
        await _inner.PutAsync("b", new byte[] { 9 }, null, default);

        await _store.ListAsync("", false, null, default);
        Assert.Equal(["a", "b"], _inner.Names);
        await _store.ListAsync("", false, null, default);
        Assert.Equal([9], _inner.ContentOf("b"));
    }

    [Fact]
    public async Task A_delayed_upload_completes_though_its_sender_is_gone()
    {
        await using (IObjectUpload upload = await _store.CreateAsync("a", default))
        {
            await upload.WriteAsync(new byte[] { 1, 2 }, default);
            _store.FaultAt(3, StoreFault.EffectDelayed(100));
            await Assert.ThrowsAsync<StorageUnavailableException>(async () => await upload.CompleteAsync(default));
        }

        Assert.Empty(_inner.Names);
        await _store.ReleaseDelayedAsync();
        Assert.Equal([1, 2], _inner.ContentOf("a"));
    }

    [Fact]
    public async Task A_fault_that_cannot_happen_to_a_call_does_not()
    {
        _store.Script(_ => StoreFault.ShortRange);
        await PutAsync("a");
        Assert.Empty(_store.Fired);
        Assert.All(Enum.GetValues<StoreOperation>(), operation => Assert.All(StoreFault.Of(operation), fault => Assert.True(fault.AppliesTo(operation))));
    }

    private async Task PutAsync(string name) => await _store.PutAsync(name, new byte[] { 1 }, null, default);
}
