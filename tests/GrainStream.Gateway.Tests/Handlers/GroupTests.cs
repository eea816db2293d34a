using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Tests.Handlers;

/// <summary>The APIs of groups through a socket.</summary>
public sealed class GroupTests
{
    private const string NoDelay = "group.initial.rebalance.delay.ms=0";

    public static TheoryData<short> JoinVersions => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Fact]
    public async Task This_node_coordinates_every_group_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        int port = broker.Client.RemotePort;
        for (short version = 0; version <= 3; version++)
        {
            FindCoordinatorResponse found = await broker.Client.CallAsync<FindCoordinatorRequest, FindCoordinatorResponse>(version, new() { Key = "billing" });
            Assert.Equal((ErrorCode.None, broker.Broker.Identity.NodeId, port), (found.ErrorCode, found.NodeId, found.Port));
        }

        for (short version = 4; version <= 6; version++)
        {
            var request = new FindCoordinatorRequest { CoordinatorKeys = ["billing", "shipping"] };
            FindCoordinatorResponse found = await broker.Client.CallAsync<FindCoordinatorRequest, FindCoordinatorResponse>(version, request);
            Assert.Equal([("billing", port), ("shipping", port)], found.Coordinators.Select(coordinator => (coordinator.Key, coordinator.Port)));
        }
    }

    [Theory]
    [InlineData(CoordinatorKeyType.Transaction, "transactions")]
    [InlineData(CoordinatorKeyType.Share, "share groups")]
    [InlineData((CoordinatorKeyType)9, "type 9")]
    public async Task Coordinators_that_are_not_there_are_refused_with_a_message(CoordinatorKeyType type, string says)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        FindCoordinatorResponse single = await broker.Client.CallAsync<FindCoordinatorRequest, FindCoordinatorResponse>(3, new() { Key = "k", KeyType = type });
        Assert.Equal((ErrorCode.InvalidRequest, -1), (single.ErrorCode, single.NodeId));
        Assert.Contains(says, single.ErrorMessage);
        var request = new FindCoordinatorRequest { CoordinatorKeys = ["k"], KeyType = type };
        FindCoordinatorResponse.Coordinator refused =
            Assert.Single((await broker.Client.CallAsync<FindCoordinatorRequest, FindCoordinatorResponse>(6, request)).Coordinators);
        Assert.Equal((ErrorCode.InvalidRequest, "k"), (refused.ErrorCode, refused.Key));
        Assert.Contains(says, refused.ErrorMessage);
    }

    [Theory]
    [MemberData(nameof(JoinVersions))]
    public async Task A_member_joins_is_assigned_lives_and_leaves_in_every_version(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync(NoDelay);
        await broker.CreateTopicAsync("orders");
        JoinGroupResponse joined = await JoinAsync(broker, version);
        Assert.Equal((ErrorCode.None, 1, joined.MemberId, "range"), (joined.ErrorCode, joined.GenerationId, joined.Leader, joined.ProtocolName));
        Assert.Equal([1, 2], Assert.Single(joined.Members).Metadata);

        short syncVersion = Math.Min(version, (short)5);
        var sync = new SyncGroupRequest
        {
            GroupId = "billing",
            GenerationId = 1,
            MemberId = joined.MemberId,
            ProtocolType = syncVersion >= 5 ? "consumer" : null,
            ProtocolName = syncVersion >= 5 ? "range" : null,
            Assignments = [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = joined.MemberId, Assignment = [7] }],
        };
        SyncGroupResponse synced = await broker.Client.CallAsync<SyncGroupRequest, SyncGroupResponse>(syncVersion, sync);
        Assert.Equal(ErrorCode.None, synced.ErrorCode);
        Assert.Equal([7], synced.Assignment);

        var heartbeat = new HeartbeatRequest { GroupId = "billing", GenerationId = 1, MemberId = joined.MemberId };
        short heartbeatVersion = Math.Min(version, (short)4);
        Assert.Equal(ErrorCode.None, (await broker.Client.CallAsync<HeartbeatRequest, HeartbeatResponse>(heartbeatVersion, heartbeat)).ErrorCode);

        short leaveVersion = Math.Min(version, (short)5);
        LeaveGroupRequest leave = leaveVersion < 3
            ? new() { GroupId = "billing", MemberId = joined.MemberId }
            : new() { GroupId = "billing", Members = [new LeaveGroupRequest.MemberIdentity { MemberId = joined.MemberId }] };
        LeaveGroupResponse left = await broker.Client.CallAsync<LeaveGroupRequest, LeaveGroupResponse>(leaveVersion, leave);
        Assert.Equal(ErrorCode.None, left.ErrorCode);
        Assert.Equal(
            ErrorCode.UnknownMemberId, (await broker.Client.CallAsync<HeartbeatRequest, HeartbeatResponse>(heartbeatVersion, heartbeat)).ErrorCode);
    }

    [Fact]
    public async Task Requests_without_a_group_id_are_refused()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        for (short version = 0; version <= 9; version++)
        {
            JoinGroupResponse joined = await broker.Client.CallAsync<JoinGroupRequest, JoinGroupResponse>(version, new() { ProtocolType = "consumer" });
            Assert.Equal(ErrorCode.InvalidGroupId, joined.ErrorCode);
        }

        Assert.Equal(ErrorCode.InvalidGroupId, (await broker.Client.CallAsync<SyncGroupRequest, SyncGroupResponse>(0, new())).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, (await broker.Client.CallAsync<HeartbeatRequest, HeartbeatResponse>(0, new())).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, (await broker.Client.CallAsync<LeaveGroupRequest, LeaveGroupResponse>(0, new())).ErrorCode);
        Assert.Equal(
            ErrorCode.InvalidGroupId,
            (await broker.Client.CallAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(0, new() { MemberId = "m" })).ErrorCode);
        Assert.Equal(0, broker.Broker.Groups.Count);
    }

    [Fact]
    public async Task A_group_id_that_is_too_long_is_refused()
    {
        await using TestBroker broker = await TestBroker.StartAsync(NoDelay);
        JoinGroupRequest request = NewJoin();
        request.GroupId = new string('g', 1025);
        Assert.Equal(ErrorCode.InvalidGroupId, (await broker.Client.CallAsync<JoinGroupRequest, JoinGroupResponse>(3, request)).ErrorCode);
    }

    [Fact]
    public async Task A_session_time_out_out_of_range_is_refused_and_settings_move_the_range()
    {
        await using TestBroker broker = await TestBroker.StartAsync(NoDelay, "group.min.session.timeout.ms=20000");
        JoinGroupRequest request = NewJoin();
        Assert.Equal(ErrorCode.InvalidSessionTimeout, (await broker.Client.CallAsync<JoinGroupRequest, JoinGroupResponse>(3, request)).ErrorCode);
        request.SessionTimeoutMs = 20_000;
        Assert.Equal(ErrorCode.None, (await broker.Client.CallAsync<JoinGroupRequest, JoinGroupResponse>(3, request)).ErrorCode);
    }

    [Fact]
    public async Task A_join_that_waits_does_not_hold_up_the_next_requests_of_its_connection()
    {
        await using TestBroker broker = await TestBroker.StartAsync("group.initial.rebalance.delay.ms=600000");
        using Connections.TestClient other = await broker.Gateway.ConnectAsync();
        await broker.CreateTopicAsync("orders");
        await other.SendAsync(Connections.TestClient.Frame(ApiKey.JoinGroup, 3, 1, NewJoin()));
        await other.SendAsync(Connections.TestClient.Frame(ApiKey.OffsetCommit, 8, 2, NewCommit(8, default, 0, 5)));

        // Answered behind the join, in order; but done.
        await TestKit.Eventually.HoldsAsync(
            "the commit behind the waiting join has reached its group",
            () => broker.Broker.Groups.ListAsync().GetAwaiter().GetResult().Any(group => group.Name == "offsets"));
    }

    [Fact]
    public async Task The_consumer_protocol_assigns_on_the_broker_in_both_versions()
    {
        for (short version = 0; version <= 1; version++)
        {
            await using TestBroker broker = await TestBroker.StartAsync();
            Guid topic = await broker.CreateTopicAsync("orders", 3);
            var request = new ConsumerGroupHeartbeatRequest
            {
                GroupId = "billing",
                MemberId = version == 0 ? "" : Guid.NewGuid().ToString(),
                RebalanceTimeoutMs = 60_000,
                SubscribedTopicNames = ["orders"],
                Partitions = [],
            };
            ConsumerGroupHeartbeatResponse joined =
                await broker.Client.CallAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(version, request);
            Assert.Equal((ErrorCode.None, null), (joined.ErrorCode, joined.ErrorMessage));
            Assert.Equal([0, 1, 2], Assert.Single(joined.Assignment!.TopicPartitions, assigned => assigned.TopicId == topic).Partitions.Order());

            ConsumerGroupDescribeResponse described = await broker.Client.CallAsync<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(
                version, new() { GroupIds = ["billing", "none"], IncludeAuthorizedOperations = true });
            Assert.Equal([(ErrorCode.None, 1), (ErrorCode.GroupIdNotFound, 0)], described.Groups.Select(group => (group.ErrorCode, group.Members.Length)));
            Assert.NotEqual(int.MinValue, described.Groups[0].AuthorizedOperations);
            Assert.Contains("none", described.Groups[1].ErrorMessage);
        }
    }

    [Fact]
    public async Task Offsets_are_committed_and_fetched_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopicAsync("orders", 2);
        for (short version = 2; version <= 10; version++)
        {
            OffsetCommitResponse committed = await broker.Client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(version, NewCommit(version, topic, 1, version * 10));
            Assert.Equal(ErrorCode.None, Assert.Single(Assert.Single(committed.Topics).Partitions).ErrorCode);
            for (short fetch = 1; fetch <= 10; fetch++)
            {
                Assert.Equal([(0, -1L, ""), (1, version * 10L, "note")], await FetchAsync(broker, fetch, topic));
            }
        }
    }

    [Fact]
    public async Task All_offsets_of_a_group_are_fetched_by_asking_for_no_topics()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopicAsync("orders", 2);
        await broker.Client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(9, NewCommit(9, topic, 1, 7));
        OffsetFetchResponse single = await broker.Client.CallAsync<OffsetFetchRequest, OffsetFetchResponse>(2, new() { GroupId = "offsets", Topics = null });
        Assert.Equal(("orders", 7L), (Assert.Single(single.Topics).Name, Assert.Single(single.Topics[0].Partitions).CommittedOffset));
        var request = new OffsetFetchRequest
        {
            Groups =
            [
                new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = "offsets", Topics = null },
                new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = "none", Topics = null },
            ],
        };
        OffsetFetchResponse several = await broker.Client.CallAsync<OffsetFetchRequest, OffsetFetchResponse>(10, request);
        Assert.Equal(topic, Assert.Single(several.Groups[0].Topics).TopicId);
        Assert.Equal((ErrorCode.None, 0), (several.Groups[1].ErrorCode, several.Groups[1].Topics.Length));
    }

    [Fact]
    public async Task Partitions_that_are_not_there_are_refused_one_by_one()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopicAsync("orders", 2);
        OffsetCommitRequest byName = NewCommit(9, default, 0, 5);
        byName.Topics = [.. byName.Topics, Topic("none", Guid.Empty, 0, 5), Topic("orders", Guid.Empty, 2, 5), Topic("orders", Guid.Empty, 1, -5)];
        OffsetCommitResponse named = await broker.Client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(9, byName);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition, ErrorCode.InvalidRequest],
            named.Topics.Select(answer => answer.Partitions[0].ErrorCode));

        var unknown = Guid.NewGuid();
        OffsetCommitRequest byId = NewCommit(10, topic, 0, 6);
        byId.Topics = [Topic("", unknown, 0, 5), .. byId.Topics];
        OffsetCommitResponse identified = await broker.Client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(10, byId);
        Assert.Equal(
            [(unknown, ErrorCode.UnknownTopicId), (topic, ErrorCode.None)], identified.Topics.Select(answer => (answer.TopicId, answer.Partitions[0].ErrorCode)));

        OffsetFetchResponse fetched = await broker.Client.CallAsync<OffsetFetchRequest, OffsetFetchResponse>(10, NewFetch(10, unknown));
        Assert.All(fetched.Groups[0].Topics[0].Partitions, partition => Assert.Equal((ErrorCode.UnknownTopicId, -1L), (partition.ErrorCode, partition.CommittedOffset)));
    }

    [Fact]
    public async Task A_commit_of_who_is_no_member_is_fenced()
    {
        await using TestBroker broker = await TestBroker.StartAsync(NoDelay);
        await broker.CreateTopicAsync("orders", 2);
        JoinGroupResponse joined = await JoinAsync(broker, 3);
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync("other", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, await CommitAsync(joined.MemberId, 9));
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync("", -1));

        async Task<ErrorCode> CommitAsync(string member, int generation)
        {
            OffsetCommitRequest commit = NewCommit(7, default, 0, 5);
            (commit.GroupId, commit.MemberId, commit.GenerationIdOrMemberEpoch) = ("billing", member, generation);
            return (await broker.Client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(7, commit)).Topics[0].Partitions[0].ErrorCode;
        }
    }

    [Fact]
    public async Task Groups_are_listed_described_and_deleted_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync(NoDelay);
        Guid topic = await broker.CreateTopicAsync("orders", 2);
        await broker.Client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(9, NewCommit(9, topic, 1, 7));
        JoinGroupResponse joined = await JoinAsync(broker, 3);
        for (short version = 0; version <= 5; version++)
        {
            Assert.Equal(["billing", "offsets"], await ListAsync(version, [], []));
        }

        Assert.Equal(["billing"], await ListAsync(4, ["completingrebalance", "Dead"], []));
        Assert.Equal(["offsets"], await ListAsync(5, ["Empty"], ["Classic"]));
        Assert.Empty(await ListAsync(5, [], ["consumer"]));

        for (short version = 0; version <= 6; version++)
        {
            var request = new DescribeGroupsRequest { Groups = ["billing", "none"], IncludeAuthorizedOperations = version >= 3 };
            DescribeGroupsResponse described = await broker.Client.CallAsync<DescribeGroupsRequest, DescribeGroupsResponse>(version, request);
            Assert.Equal(("CompletingRebalance", joined.MemberId), (described.Groups[0].GroupState, Assert.Single(described.Groups[0].Members).MemberId));
            Assert.Equal(("Dead", version >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None), (described.Groups[1].GroupState, described.Groups[1].ErrorCode));
        }

        for (short version = 0; version <= 2; version++)
        {
            DeleteGroupsResponse deleted = await broker.Client.CallAsync<DeleteGroupsRequest, DeleteGroupsResponse>(
                version, new() { GroupsNames = ["billing", "offsets", "offsets", "none"] });
            Assert.Equal(
                [("billing", ErrorCode.NonEmptyGroup), ("offsets", version == 0 ? ErrorCode.None : ErrorCode.GroupIdNotFound), ("none", ErrorCode.GroupIdNotFound)],
                deleted.Results.Select(result => (result.GroupId, result.ErrorCode)));
        }

        async Task<IEnumerable<string>> ListAsync(short version, string[] states, string[] types) =>
            (await broker.Client.CallAsync<ListGroupsRequest, ListGroupsResponse>(version, new() { StatesFilter = states, TypesFilter = types }))
            .Groups.Select(group => group.GroupId);
    }

    [Fact]
    public async Task Offsets_are_deleted_but_for_partitions_that_are_not_there()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopicAsync("orders", 2);
        await broker.Client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(9, NewCommit(9, topic, 1, 7));
        var request = new OffsetDeleteRequest
        {
            GroupId = "none",
            Topics =
            [
                new OffsetDeleteRequest.OffsetDeleteRequestTopic
                {
                    Name = "orders",
                    Partitions = [.. new[] { 0, 1, 2 }.Select(index => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = index })],
                },
            ],
        };
        Assert.Equal(ErrorCode.GroupIdNotFound, (await broker.Client.CallAsync<OffsetDeleteRequest, OffsetDeleteResponse>(0, request)).ErrorCode);
        request.GroupId = "offsets";
        OffsetDeleteResponse deleted = await broker.Client.CallAsync<OffsetDeleteRequest, OffsetDeleteResponse>(0, request);
        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.UnknownTopicOrPartition], deleted.Topics[0].Partitions.Select(partition => partition.ErrorCode));
        Assert.Equal([(0, -1L, ""), (1, -1L, "")], await FetchAsync(broker, 8, topic));
    }

    private static JoinGroupRequest NewJoin() => new()
    {
        GroupId = "billing",
        SessionTimeoutMs = 10_000,
        ProtocolType = "consumer",
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = [1, 2] }],
    };

    // From version 4 on a member without an id gets one first.
    private static async Task<JoinGroupResponse> JoinAsync(TestBroker broker, short version)
    {
        JoinGroupRequest request = NewJoin();
        JoinGroupResponse joined = await broker.Client.CallAsync<JoinGroupRequest, JoinGroupResponse>(version, request);
        if (version >= 4)
        {
            Assert.Equal(ErrorCode.MemberIdRequired, joined.ErrorCode);
            request.MemberId = joined.MemberId;
            joined = await broker.Client.CallAsync<JoinGroupRequest, JoinGroupResponse>(version, request);
        }

        return joined;
    }

    private static OffsetCommitRequest NewCommit(short version, Guid topic, int partition, long offset) => new()
    {
        GroupId = "offsets",
        Topics = [Topic(version >= 10 ? "" : "orders", version >= 10 ? topic : Guid.Empty, partition, offset)],
    };

    private static OffsetCommitRequest.OffsetCommitRequestTopic Topic(string name, Guid id, int partition, long offset) => new()
    {
        Name = name,
        TopicId = id,
        Partitions =
        [
            new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = partition, CommittedOffset = offset, CommittedMetadata = "note" },
        ],
    };

    private static OffsetFetchRequest NewFetch(short version, Guid topic) => version < 8
        ? new() { GroupId = "offsets", Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = "orders", PartitionIndexes = [0, 1] }] }
        : new()
        {
            Groups =
            [
                new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = "offsets",
                    Topics =
                    [
                        new OffsetFetchRequest.OffsetFetchRequestTopics
                        {
                            Name = version < 10 ? "orders" : "",
                            TopicId = version < 10 ? Guid.Empty : topic,
                            PartitionIndexes = [0, 1],
                        },
                    ],
                },
            ],
        };

    private static async Task<(int Partition, long Offset, string? Metadata)[]> FetchAsync(TestBroker broker, short version, Guid topic)
    {
        OffsetFetchResponse response = await broker.Client.CallAsync<OffsetFetchRequest, OffsetFetchResponse>(version, NewFetch(version, topic));
        return version < 8
            ? [.. response.Topics[0].Partitions.Select(partition => (partition.PartitionIndex, partition.CommittedOffset, partition.Metadata))]
            : [.. response.Groups[0].Topics[0].Partitions.Select(partition => (partition.PartitionIndex, partition.CommittedOffset, partition.Metadata))];
    }
}
