using System.Buffers;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Groups;
using GrainStream.Runtime.Partitions;
using GrainStream.Storage.FileSystem.Tests.Support;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;
using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Groups;

/// <summary>The logs of groups on a node: cut, copied, refused, damaged.</summary>
public sealed class GroupLogTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private readonly MemoryDisk _disk = new();
    private readonly MemoryObjectStore _store = new();
    private readonly History _history = new();
    private TieredNode _node;

    public GroupLogTests() => _node = TieredNode.Open(_disk, _store, _history, _clock);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Idle_groups_hold_no_journal_file_and_cost_no_call_of_the_store()
    {
        const int Groups = 40;
        await StartAsync();
        for (int group = 0; group < Groups; group++)
        {
            Assert.Equal(ErrorCode.None, await _node.CommitAsync($"group-{group}", "orders", 0, group));
        }

        int objects = _store.Count;
        long written = 0;
        for (int round = 0; round < 3; round++)
        {
            await FillOldestFileAsync();
            long before = _node.Broker.Journal.End.Value;
            Assert.True(await _node.Tiering.FreeOldestFileAsync());
            written = _node.Broker.Journal.End.Value - before;
        }

        // A snapshot and a checkpoint of each, and the catalogue's.
        Assert.InRange(written, 0, Groups * 800);
        Assert.DoesNotContain(_store.Names.Skip(objects), name => LogIds().Any(log => name.Contains(log.ToString()!, StringComparison.OrdinalIgnoreCase)));
        await RestartAsync();
        await _node.CheckAllAsync();
    }

    [Fact]
    public async Task The_log_of_a_group_that_could_not_be_loaded_is_copied_when_its_file_is_freed()
    {
        await StartAsync();
        await _node.CommitAsync("sound", "orders", 0, 7);
        await _node.CommitAsync("damaged", "orders", 0, 7);
        await AppendGarbageAsync("damaged");
        await RestartAsync();
        await FillOldestFileAsync();
        Assert.True(await _node.Tiering.FreeOldestFileAsync());
        await RestartAsync();
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await _node.CommitAsync("damaged", "orders", 0, 8));
        Assert.Equal(7, await _node.CommittedAsync("sound", "orders", 0));
    }

    [Fact]
    public async Task A_log_that_holds_no_events_takes_its_own_group_away_and_no_other()
    {
        await StartAsync();
        await _node.CommitAsync("sound", "orders", 0, 7);
        await _node.CommitAsync("damaged", "orders", 0, 7);
        await AppendGarbageAsync("damaged");
        await RestartAsync();

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await _node.CommitAsync("damaged", "orders", 0, 8));
        Assert.Equal(ErrorCode.None, await _node.CommitAsync("sound", "orders", 0, 8));
        IReadOnlyList<ListedGroup> listed = await _node.Broker.Groups.ListAsync();
        Assert.Equal([("damaged", false), ("sound", true)], listed.Select(group => (group.Name, group.Overview is not null)));
    }

    [Fact]
    public async Task A_commit_that_the_disk_refuses_is_not_there_and_the_group_goes_on_when_there_is_room()
    {
        await StartAsync();
        Assert.Equal(ErrorCode.None, await _node.CommitAsync("billing", "orders", 0, 7));
        _disk.Capacity = 0;
        long offset = 8;
        ErrorCode refused;
        do
        {
            refused = await _node.CommitAsync("billing", "orders", 0, offset++);
        }
        while (refused == ErrorCode.None);

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, refused);
        await Eventually.HoldsAsync("the group is back with what was acknowledged", () => IsServing("billing"));
        await _node.CheckAllAsync();
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await _node.CommitAsync("billing", "orders", 0, offset++));

        _disk.Capacity = long.MaxValue;
        await Eventually.HoldsAsync("commits are taken again", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return _node.CommitAsync("billing", "orders", 0, offset).GetAwaiter().GetResult() == ErrorCode.None;
        });
        Assert.Equal(offset, await _node.CommittedAsync("billing", "orders", 0));
        await RestartAsync();
        await _node.CheckAllAsync();
    }

    [Fact]
    public async Task A_log_is_cut_when_it_has_grown_to_several_times_of_its_snapshot()
    {
        await StartAsync();
        string metadata = new('m', 4000);
        for (long offset = 0; offset < 150; offset++)
        {
            Assert.Equal(ErrorCode.None, await _node.CommitAsync("billing", "orders", 0, offset, metadata));
            while (_node.Broker.Journal.End - _node.Broker.Journal.Start > 6L * TieredNode.FileBytes)
            {
                Assert.True(await _node.Tiering.FreeOldestFileAsync());
            }
        }

        Partition log = LogOf("billing");
        Assert.True(log.Log.LogStartOffset.Value > 0, "it was never cut");
        await RestartAsync();
        Assert.True(LogOf("billing").Log.LogStartOffset.Value > 0, "the cut is forgotten");
        await _node.CheckAllAsync();
    }

    [Fact]
    public async Task Frames_of_a_deleted_group_do_not_keep_a_node_from_starting_and_its_log_is_freed()
    {
        await StartAsync();
        await _node.CommitAsync("gone", "orders", 0, 7);
        await _node.DeleteGroupAsync("gone");
        Assert.Single(_node.Broker.Topics.Catalog.Deleted);
        await RestartAsync();
        Assert.Equal(0, _node.Broker.Groups.Count);
        await _node.Tiering.KeepHouseAsync();
        _clock.Advance(TimeSpan.FromMinutes(2));
        await _node.Tiering.KeepHouseAsync();
        Assert.Empty(_node.Broker.Topics.Catalog.Deleted);

        await _node.CommitAsync("gone", "orders", 0, 9);
        await RestartAsync();
        Assert.Equal(9, await _node.CommittedAsync("gone", "orders", 0));
    }

    private async Task StartAsync()
    {
        await _node.Tiering.ClaimAsync(CancellationToken.None);
        await _node.CreateTopicAsync("orders", 2);
        await _node.CreateTopicAsync("busy", 1);
    }

    private async Task RestartAsync()
    {
        await _node.DisposeAsync();
        _node = TieredNode.Open(_disk, _store, _history, _clock);
        await _node.Tiering.ClaimAsync(CancellationToken.None);
    }

    private async Task FillOldestFileAsync()
    {
        while (_node.Broker.Journal.OldestFileEnd >= _node.Broker.Journal.End)
        {
            await _node.ProduceAsync("busy", 0, batches: 1, valueLength: 1000);
        }
    }

    private IEnumerable<TopicId> LogIds() => _node.Broker.Topics.Catalog.Groups.All.Select(group => group.LogId);

    private bool IsServing(string group) => _node.Broker.Groups.ListAsync().GetAwaiter().GetResult().Any(listed => listed.Name == group && listed.Overview is not null);

    private Partition LogOf(string group)
    {
        Assert.True(_node.Broker.Groups.TryFindLog(group, out Partition? log));
        return log;
    }

    // What only a newer server, or a bug, could have written there.
    private async Task AppendGarbageAsync(string group)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(0, NullableBytes.Null, "no event"u8);
        var produced = new Produced(new ReadOnlySequence<byte>(builder.Build().ToArray()), static _ => { });
        LogOf(group).Post(produced);
        await produced.Completion;
    }
}
