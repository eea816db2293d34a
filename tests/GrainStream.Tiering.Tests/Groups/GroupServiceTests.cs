using GrainStream.Core.Groups;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Runtime.Groups;
using GrainStream.Storage.FileSystem.Tests.Support;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;
using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests.Groups;

/// <summary>Groups on a node, with time moved by hand.</summary>
public sealed class GroupServiceTests : IAsyncDisposable
{
    private static readonly GroupClient Client = new("billing-1", "/10.0.0.1", 3);

    private readonly ManualClock _clock = new();
    private readonly MemoryDisk _disk = new();
    private readonly MemoryObjectStore _store = new();
    private TieredNode _node;

    public GroupServiceTests() => _node = Open();

    private GroupService Groups => _node.Broker.Groups;

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Members_that_come_back_after_a_restart_go_on_without_a_rebalance()
    {
        await _node.CreateTopicAsync("orders", 2);
        JoinGroupResponse joined = await JoinAsync("billing");
        Assert.Equal(ErrorCode.None, (await SyncAsync("billing", joined, [1, 2, 3])).ErrorCode);
        await _node.DisposeAsync();

        _node = Open();
        Assert.Equal(ErrorCode.None, await HeartbeatAsync("billing", joined));
        SyncGroupResponse again = await SyncAsync("billing", joined, []);
        Assert.Equal([1, 2, 3], again.Assignment);

        // A session lasts from the restart on, and no longer.
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(ErrorCode.None, await HeartbeatAsync("billing", joined));
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ErrorCode.UnknownMemberId, await HeartbeatAsync("billing", joined));
    }

    [Fact]
    public async Task Who_waits_for_a_rebalance_when_the_node_stops_is_told_to_look_for_the_coordinator_again()
    {
        await _node.CreateTopicAsync("orders", 2);
        Task<JoinGroupResponse> waiting = Groups.JoinAsync(NewJoin("billing"), Client);
        await Eventually.HoldsAsync("the group is there", () => Groups.Count == 1);
        await _node.DisposeAsync();
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await Eventually.CompletesAsync("the join is answered", waiting)).ErrorCode);
        _node = Open();
    }

    [Fact]
    public async Task Only_a_new_member_a_joining_one_and_a_client_without_a_group_create_a_group()
    {
        await _node.CreateTopicAsync("orders", 2);
        JoinGroupRequest known = NewJoin("billing");
        known.MemberId = "from-before";
        Assert.Equal(ErrorCode.UnknownMemberId, (await Groups.JoinAsync(known, Client)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await Groups.SyncAsync(new SyncGroupRequest { GroupId = "billing" }, Client)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await Groups.HeartbeatAsync(new HeartbeatRequest { GroupId = "billing" }, Client)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await Groups.LeaveAsync(new LeaveGroupRequest { GroupId = "billing" }, Client)).ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, await Groups.DeleteAsync("billing"));
        Assert.Null(await Groups.DescribeAsync("billing", 6));
        Assert.Equal(-1, await _node.CommittedAsync("billing", "orders", 0));
        var late = new ConsumerGroupHeartbeatRequest { GroupId = "billing", MemberId = "m", MemberEpoch = 3 };
        Assert.Equal(ErrorCode.UnknownMemberId, (await Groups.ConsumerHeartbeatAsync(late, Client)).ErrorCode);
        Assert.Equal(0, Groups.Count);

        Assert.Equal(ErrorCode.None, await _node.CommitAsync("billing", "orders", 0, 5));
        Assert.Equal(1, Groups.Count);
    }

    [Fact]
    public async Task A_group_with_members_cannot_be_deleted_and_one_without_is_gone_with_its_offsets()
    {
        await _node.CreateTopicAsync("orders", 2);
        await _node.CommitAsync("billing", "orders", 0, 5);
        JoinGroupResponse joined = await JoinAsync("billing");
        Assert.Equal(ErrorCode.NonEmptyGroup, await Groups.DeleteAsync("billing"));
        await Groups.LeaveAsync(new LeaveGroupRequest { GroupId = "billing", MemberId = joined.MemberId }, Client with { Version = 2 });

        Assert.Equal(ErrorCode.None, await Groups.DeleteAsync("billing"));
        Assert.Equal(ErrorCode.GroupIdNotFound, await Groups.DeleteAsync("billing"));
        Assert.Equal(-1, await _node.CommittedAsync("billing", "orders", 0));
        await _node.DisposeAsync();
        _node = Open();
        Assert.Equal(0, Groups.Count);
    }

    [Fact]
    public async Task Offsets_expire_after_the_retention_and_an_empty_group_is_forgotten()
    {
        await _node.CreateTopicAsync("orders", 2);
        await _node.CommitAsync("billing", "orders", 0, 5);
        _clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(5, await _node.CommittedAsync("billing", "orders", 0));
        await Eventually.HoldsAsync("the group is forgotten", () =>
        {
            _clock.Advance(TimeSpan.FromHours(6));
            return Groups.Count == 0;
        });
        Assert.Equal(-1, await _node.CommittedAsync("billing", "orders", 0));
    }

    [Fact]
    public async Task Offsets_of_a_deleted_topic_are_forgotten_and_one_of_the_same_name_starts_afresh()
    {
        await _node.CreateTopicAsync("orders", 2);
        await _node.CommitAsync("billing", "orders", 0, 5);
        await _node.DeleteTopicAsync("orders");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _node.CreateTopicAsync("orders", 2);
        Assert.Equal(-1, await _node.CommittedAsync("billing", "orders", 0));
        Assert.Empty((await Groups.FetchOffsetsAsync("billing", new Core.Groups.Offsets.FetchOffsets(null))).Offsets);
    }

    [Fact]
    public async Task Groups_are_listed_with_what_they_are_and_do()
    {
        await _node.CreateTopicAsync("orders", 2);
        await _node.CommitAsync("offsets-only", "orders", 0, 5);
        JoinGroupResponse joined = await JoinAsync("billing");
        await SyncAsync("billing", joined, [1]);
        await _node.DisposeAsync();

        _node = Open();
        Assert.Equal(
            [new ListedGroup("billing", new(GroupState.Stable, GroupType.Classic, "consumer", 1, 1)), new ListedGroup("offsets-only", GroupOverview.New)],
            await Groups.ListAsync());
    }

    private TieredNode Open() => TieredNode.Open(_disk, _store, new History(), _clock);

    private static JoinGroupRequest NewJoin(string group) => new()
    {
        GroupId = group,
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 60_000,
        ProtocolType = "consumer",
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = [0, 0] }],
    };

    // Waits for the first rebalance's delay, which time moved by hand brings to its end.
    private async Task<JoinGroupResponse> JoinAsync(string group)
    {
        Task<JoinGroupResponse> joining = Groups.JoinAsync(NewJoin(group), Client);
        await Eventually.HoldsAsync("the member has joined", () =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            return joining.IsCompleted;
        });
        JoinGroupResponse joined = await joining;
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        return joined;
    }

    private Task<SyncGroupResponse> SyncAsync(string group, JoinGroupResponse joined, byte[] assignment) => Groups.SyncAsync(
        new SyncGroupRequest
        {
            GroupId = group,
            GenerationId = joined.GenerationId,
            MemberId = joined.MemberId,
            Assignments = assignment.Length == 0
                ? []
                : [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = joined.MemberId, Assignment = assignment }],
        },
        Client);

    private async Task<ErrorCode> HeartbeatAsync(string group, JoinGroupResponse joined) => (await Groups.HeartbeatAsync(
        new HeartbeatRequest { GroupId = group, GenerationId = joined.GenerationId, MemberId = joined.MemberId }, Client)).ErrorCode;
}
