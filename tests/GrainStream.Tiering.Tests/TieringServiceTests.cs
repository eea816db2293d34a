using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;
using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests;

/// <summary>What the service does by itself, with time moved by hand.</summary>
public sealed class TieringServiceTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private readonly MemoryDisk _disk = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly History _history = new();
    private readonly FaultyObjectStore _store;
    private TieredNode _node;

    public TieringServiceTests()
    {
        _store = new FaultyObjectStore(_objects, TimeProvider.System);
        _node = TieredNode.Open(_disk, _store, _history, _clock);
    }

    [Fact]
    public async Task A_tail_that_fills_segments_is_uploaded_soon_after_it_was_written()
    {
        await StartAsync("orders");
        Partition partition = await ProduceAsync("orders", batches: 40);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync("all but the last segment is uploaded", () => partition.Log.TailBytes < 6 * 1024);
        await _node.CheckAllAsync();
    }

    [Fact]
    public async Task A_small_tail_is_uploaded_when_it_is_old_enough()
    {
        await StartAsync("orders", ("segment.ms", "60000"));
        Partition partition = await ProduceAsync("orders", batches: 1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, partition.Log.TieredEnd.Value);
        await Eventually.HoldsAsync("the tail is uploaded", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return partition.Log.TieredEnd == partition.Log.HighWatermark;
        });
    }

    [Fact]
    public async Task Producers_wait_while_the_journal_is_full_and_the_store_away_and_go_on_when_it_is_back()
    {
        await StartAsync("orders");
        _store.Script(static _ => StoreFault.FailedBefore);
        Task room = Task.CompletedTask;
        while (room.IsCompleted)
        {
            room = _node.Broker.WaitForRoomAsync(2000, CancellationToken.None).AsTask();
            if (room.IsCompleted)
            {
                await ProduceAsync("orders", batches: 1, valueLength: 500);
            }
        }

        await _node.CheckAllAsync();
        using var impatient = new CancellationTokenSource();
        Task givenUp = _node.Broker.WaitForRoomAsync(1, impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        Assert.False(room.IsCompleted);

        _store.Script(null);
        await Eventually.HoldsAsync("there is room", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return room.IsCompleted;
        });
        await _node.CheckAllAsync();
    }

    [Fact]
    public async Task The_journal_stays_within_its_cap_however_much_is_written()
    {
        await StartAsync("orders");
        for (int i = 0; i < 60; i++)
        {
            Task room = _node.Broker.WaitForRoomAsync(8000, CancellationToken.None).AsTask();
            await Eventually.HoldsAsync("there is room", () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                return room.IsCompleted;
            });
            await ProduceAsync("orders", batches: 4, valueLength: 500);
            JournalUsage usage = _node.Broker.Journal.Usage;
            Assert.InRange(usage.AllocatedBytes, 0, usage.CapacityBytes);
        }

        Assert.True(_node.Broker.Journal.Start.Value > 0, "nothing was trimmed");
        await _node.CheckAllAsync();
    }

    [Fact]
    public async Task An_idle_node_neither_writes_nor_calls_the_store()
    {
        await StartAsync("orders", ("segment.ms", "60000"), ("retention.ms", "8640000000"));
        Partition partition = await ProduceAsync("orders", batches: 20);
        await Eventually.HoldsAsync("all is uploaded", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(61));
            return partition.Log.TieredEnd == partition.Log.HighWatermark;
        });
        _clock.Advance(TimeSpan.FromHours(1));
        await Eventually.HoldsAsync("the first sweep is over", () => _store.CountOf(StoreOperation.List) >= 2);
        int calls = _store.Calls.Count;
        long end = _node.Broker.Journal.End.Value;
        for (int hour = 0; hour < 20; hour++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(calls, _store.Calls.Count);
        Assert.Equal(end, _node.Broker.Journal.End.Value);
    }

    [Fact]
    public async Task A_store_of_another_cluster_stops_the_start()
    {
        await _objects.PutAsync("cluster", "{\"format\":1,\"clusterId\":\"another\"}"u8.ToArray(), null, CancellationToken.None);
        await Assert.ThrowsAsync<FencedException>(() => _node.Broker.StartTieringAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_store_that_turns_out_to_be_another_cluster_s_stops_the_node()
    {
        _store.Script(static _ => StoreFault.FailedBefore);
        await StartAsync("orders");
        await _objects.PutAsync("cluster", "{\"format\":1,\"clusterId\":\"another\"}"u8.ToArray(), null, CancellationToken.None);
        _store.Script(null);
        await Eventually.HoldsAsync("the node fails", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return _node.Broker.Failure.IsCompleted;
        });
        Assert.IsType<FencedException>(await _node.Broker.Failure);
    }

    [Fact]
    public async Task A_node_serves_from_its_journal_while_the_store_is_away_at_the_start()
    {
        _store.Script(static _ => StoreFault.FailedBefore);
        await StartAsync("orders");
        Partition partition = await ProduceAsync("orders", batches: 40);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await _node.CheckAllAsync();
        Assert.Equal(0, _objects.Count);

        _store.Script(null);
        await Eventually.HoldsAsync("the tail is uploaded", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return partition.Log.TailBytes < 6 * 1024;
        });
    }

    [Fact]
    public async Task Large_tails_are_uploaded_when_the_node_stops_and_small_ones_stay_in_the_journal()
    {
        await _node.DisposeAsync();
        _node = TieredNode.Open(
            _disk, _store, _history, _clock, static options => options with { ShutdownUploadBytes = 2000, ShutdownLimit = TimeSpan.FromSeconds(10) });
        await StartAsync("orders");
        await _node.CreateTopicAsync("small", 1);
        await ProduceAsync("orders", batches: 10);
        await ProduceAsync("small", batches: 1);
        await _node.DisposeAsync();

        _node = TieredNode.Open(_disk, _store, _history, _clock);
        Assert.Equal(0, _node.PartitionOf("orders", 0).Log.TailBytes);
        Assert.True(_node.PartitionOf("small", 0).Log.TailBytes > 0);
        await _node.CheckAllAsync();
    }

    [Fact]
    public async Task Quiet_partitions_are_copied_and_cost_no_call_of_the_store()
    {
        await StartAsync("filler");
        const int Partitions = 60;
        await _node.CreateTopicAsync("many", Partitions);
        for (int partition = 0; partition < Partitions; partition++)
        {
            await _node.ProduceAsync("many", partition, batches: 1, recordsPerBatch: 1, valueLength: 20);
        }

        while (_node.Broker.Journal.OldestFileEnd >= _node.Broker.Journal.End)
        {
            await ProduceAsync("filler", batches: 1, valueLength: 1000);
        }

        Assert.True(await _node.Tiering.FreeOldestFileAsync());
        string folder = PartitionFolder.OfTopic(_node.PartitionOf("many", 0).Id.Topic);
        Assert.DoesNotContain(_objects.Names, name => name.StartsWith(folder, StringComparison.Ordinal));
        await _node.CheckAllAsync();
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_journal_that_lost_its_end_goes_on_behind_the_segments()
    {
        await StartAsync("orders");
        await ProduceAsync("orders", batches: 4);
        MemoryDisk older = _disk.Copy();
        await ProduceAsync("orders", batches: 20);
        await _node.UploadAsync("orders", 0);
        Offset end = _node.PartitionOf("orders", 0).Log.HighWatermark;
        await _node.DisposeAsync();

        _node = TieredNode.Open(older, _store, _history, _clock, static options => options with { JournalMayBeCut = true });
        Assert.True(_node.PartitionOf("orders", 0).Log.LogEndOffset < end);
        await _node.Broker.StartTieringAsync(CancellationToken.None);
        Assert.Equal(end, _node.PartitionOf("orders", 0).Log.LogEndOffset);
        await ProduceAsync("orders", batches: 3);
        await _node.CheckAllAsync();
        await _node.DisposeAsync();

        _node = TieredNode.Open(older, _store, _history, _clock);
        await _node.Broker.StartTieringAsync(CancellationToken.None);
        await _node.UploadAsync("orders", 0);
        await _node.CheckAllAsync();
    }

    [Fact]
    public async Task What_belongs_to_a_topic_that_the_catalogue_does_not_know_is_left_alone()
    {
        await _node.Broker.StartTieringAsync(CancellationToken.None);
        MemoryDisk older = _disk.Copy();
        await _node.CreateTopicAsync("orders", 1);
        await ProduceAsync("orders", batches: 4);
        await _node.UploadAsync("orders", 0);
        await _node.DisposeAsync();
        int objects = _objects.Count;

        _node = TieredNode.Open(older, _store, new History(), _clock);
        await _node.Broker.StartTieringAsync(CancellationToken.None);
        await _node.Tiering.KeepHouseAsync();
        _clock.Advance(TimeSpan.FromDays(2));
        await _node.Tiering.KeepHouseAsync();
        Assert.Equal(objects, _objects.Count);
    }

    private async Task StartAsync(string topic, params (string Name, string Value)[] configs)
    {
        await _node.Broker.StartTieringAsync(CancellationToken.None);
        await _node.CreateTopicAsync(topic, 1, configs);
    }

    private async Task<Partition> ProduceAsync(string topic, int batches, int valueLength = 100)
    {
        await _node.Broker.WaitForRoomAsync(1, CancellationToken.None);
        await _node.ProduceAsync(topic, 0, batches, valueLength: valueLength);
        return _node.PartitionOf(topic, 0);
    }
}
