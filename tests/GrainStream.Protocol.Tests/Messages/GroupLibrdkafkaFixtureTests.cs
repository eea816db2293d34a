using GrainStream.Protocol.Messages;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>
/// Frames of members of groups, as librdkafka sent them to a socket: 2.15.1 (with the client id "rdkafka" and group g1 or g2) and 2.0.2 (group g3); and what
/// 2.15.1's mock cluster answered, without headers.
/// </summary>
public class GroupLibrdkafkaFixtureTests
{
    private const string Client = "0007 72646b61666b61";
    private const string Consumer = "0008 636f6e73756d6572";
    private const string CooperativeSticky = "0012 636f6f70657261746976652d737469636b79";
    private const string Member = "000e 3078376637383730303033643130";
    private const string StaticMember = "000e 3078376637383730303033373030";
    private const string MemberOfTwo = "17 4553376633597437537079596d63534376764e4f5567";
    private const string Subscription = "00030000000100056c696e65730000000000000000ffffffff0000";
    private const string Assignment = "00000000000100056c696e657300000002000000000000000100000000";
    private const string IdBytes = "06f810731abb44f2910c46207bd0d16b";

    private static readonly Guid Id = Guid.Parse("06f81073-1abb-44f2-910c-46207bd0d16b");

    [Fact]
    public void It_looks_for_its_coordinator()
    {
        Fixture.CheckFrame(
            $"00000016 000a 0002 00000004 {Client} 0002 6731 00",
            new RequestHeader(ApiKey.FindCoordinator, 2, 4, "rdkafka"),
            new FindCoordinatorRequest { Key = "g1" });
        Fixture.Check(
            "00000000 0000 ffff 00000001 0009 3132372e302e302e31 0000b1db",
            2,
            new FindCoordinatorResponse { NodeId = 1, Host = "127.0.0.1", Port = 45531 });
    }

    [Fact]
    public void It_joins_a_group()
    {
        Fixture.CheckFrame(
            $"00000062 000b 0005 00000004 {Client} 0002 6731 00001770 000927c0 0000 ffff {Consumer} 00000001 {CooperativeSticky} 0000001b {Subscription}",
            new RequestHeader(ApiKey.JoinGroup, 5, 4, "rdkafka"),
            new JoinGroupRequest
            {
                GroupId = "g1",
                SessionTimeoutMs = 6000,
                RebalanceTimeoutMs = 600000,
                ProtocolType = "consumer",
                Protocols = [new() { Name = "cooperative-sticky", Metadata = Convert.FromHexString(Subscription) }],
            });
        Fixture.Check(
            $"00000000 0000 00000002 {CooperativeSticky} {Member} {Member} 00000001 {Member} ffff 0000001b {Subscription}",
            5,
            new JoinGroupResponse
            {
                GenerationId = 2,
                ProtocolName = "cooperative-sticky",
                Leader = "0x7f7870003d10",
                MemberId = "0x7f7870003d10",
                Members = [new() { MemberId = "0x7f7870003d10", Metadata = Convert.FromHexString(Subscription) }],
            });
    }

    [Fact]
    public void It_tells_its_assignor_what_it_owns()
    {
        Fixture.Check(
            "00000001 0005 6c696e6573 00000000 00000000 ffffffff 0000", 3, new ConsumerProtocolSubscription { Topics = ["lines"], UserData = [], RackId = "" });
        Fixture.Check("00000001 0005 6c696e6573 00000000 00000000", 1, new ConsumerProtocolSubscription { Topics = ["lines"], UserData = [] });
        Fixture.Check(
            "00000001 0005 6c696e6573 00000002 00000000 00000001 00000000",
            0,
            new ConsumerProtocolAssignment { AssignedPartitions = [new() { Topic = "lines", Partitions = [0, 1] }], UserData = [] });
    }

    [Fact]
    public void An_older_one_joins_as_a_static_member()
    {
        const string Older = "00010000000100056c696e65730000000000000000";
        Fixture.CheckFrame(
            $"0000005e 000b 0005 00000004 {Client} 0002 6733 00001770 000493e0 0000 0002 6931 {Consumer} 00000001 {CooperativeSticky} 00000015 {Older}",
            new RequestHeader(ApiKey.JoinGroup, 5, 4, "rdkafka"),
            new JoinGroupRequest
            {
                GroupId = "g3",
                SessionTimeoutMs = 6000,
                RebalanceTimeoutMs = 300000,
                GroupInstanceId = "i1",
                ProtocolType = "consumer",
                Protocols = [new() { Name = "cooperative-sticky", Metadata = Convert.FromHexString(Older) }],
            });
        Fixture.CheckFrame(
            $"0000002d 000c 0003 00000007 {Client} 0002 6733 00000002 {StaticMember} 0002 6931",
            new RequestHeader(ApiKey.Heartbeat, 3, 7, "rdkafka"),
            new HeartbeatRequest { GroupId = "g3", GenerationId = 2, MemberId = "0x7f7870003700", GroupInstanceId = "i1" });
        Fixture.CheckFrame(
            $"0000004e 0008 0007 00000009 {Client} 0002 6733 00000002 {StaticMember} 0002 6931"
            + "00000001 0005 6c696e6573 00000001 00000000 0000000000000001 ffffffff 0000",
            new RequestHeader(ApiKey.OffsetCommit, 7, 9, "rdkafka"),
            new OffsetCommitRequest
            {
                GroupId = "g3",
                GenerationIdOrMemberEpoch = 2,
                MemberId = "0x7f7870003700",
                GroupInstanceId = "i1",
                Topics = [new() { Name = "lines", Partitions = [new() { CommittedOffset = 1, CommittedMetadata = "" }] }],
            });
    }

    [Fact]
    public void The_leader_gives_out_its_assignment()
    {
        Fixture.CheckFrame(
            $"00000060 000e 0003 00000006 {Client} 0002 6731 00000002 {Member} ffff 00000001 {Member} 0000001d {Assignment}",
            new RequestHeader(ApiKey.SyncGroup, 3, 6, "rdkafka"),
            new SyncGroupRequest
            {
                GroupId = "g1",
                GenerationId = 2,
                MemberId = "0x7f7870003d10",
                Assignments = [new() { MemberId = "0x7f7870003d10", Assignment = Convert.FromHexString(Assignment) }],
            });
        Fixture.Check($"00000000 0000 0000001d {Assignment}", 3, new SyncGroupResponse { Assignment = Convert.FromHexString(Assignment) });
    }

    [Fact]
    public void It_lives_and_leaves()
    {
        Fixture.CheckFrame(
            $"0000002b 000c 0003 00000007 {Client} 0002 6731 00000002 {Member} ffff",
            new RequestHeader(ApiKey.Heartbeat, 3, 7, "rdkafka"),
            new HeartbeatRequest { GroupId = "g1", GenerationId = 2, MemberId = "0x7f7870003d10" });
        Fixture.CheckFrame(
            $"00000025 000d 0001 0000000e {Client} 0002 6731 {Member}",
            new RequestHeader(ApiKey.LeaveGroup, 1, 14, "rdkafka"),
            new LeaveGroupRequest { GroupId = "g1", MemberId = "0x7f7870003d10" });
    }

    [Fact]
    public void It_fetches_and_commits_offsets()
    {
        Fixture.CheckFrame(
            $"00000027 0009 0006 00000008 {Client} 00 03 6731 02 06 6c696e6573 03 00000000 00000001 00 00",
            new RequestHeader(ApiKey.OffsetFetch, 6, 8, "rdkafka"),
            new OffsetFetchRequest { GroupId = "g1", Topics = [new() { Name = "lines", PartitionIndexes = [0, 1] }] });
        Fixture.Check(
            "00000000 02 06 6c696e6573 03 00000000 ffffffffffffffff 00000000 00 0000 00 00000001 ffffffffffffffff 00000000 00 0000 00 00 0000 00",
            6,
            new OffsetFetchResponse
            {
                Topics =
                [
                    new()
                    {
                        Name = "lines",
                        Partitions =
                        [
                            new() { PartitionIndex = 0, CommittedOffset = -1, CommittedLeaderEpoch = 0, Metadata = null },
                            new() { PartitionIndex = 1, CommittedOffset = -1, CommittedLeaderEpoch = 0, Metadata = null },
                        ],
                    },
                ],
            });
        Fixture.CheckFrame(
            $"00000045 0008 0009 00000009 {Client} 00 03 6731 00000002 0f 3078376637383730303033643130 00"
            + "02 06 6c696e6573 02 00000000 0000000000000001 ffffffff 01 00 00 00",
            new RequestHeader(ApiKey.OffsetCommit, 9, 9, "rdkafka"),
            new OffsetCommitRequest
            {
                GroupId = "g1",
                GenerationIdOrMemberEpoch = 2,
                MemberId = "0x7f7870003d10",
                Topics = [new() { Name = "lines", Partitions = [new() { CommittedOffset = 1, CommittedMetadata = "" }] }],
            });
        Fixture.Check(
            "00000000 02 06 6c696e6573 02 00000000 0000 00 00 00", 9, new OffsetCommitResponse { Topics = [new() { Name = "lines", Partitions = [new()] }] });
    }

    [Fact]
    public void It_joins_and_leaves_by_heartbeats_of_the_consumer_protocol()
    {
        const string MemberId = "ES7f3Yt7SpyYmcSCvvNOUg";
        Fixture.CheckFrame(
            $"0000004a 0044 0001 00000004 {Client} 00 03 6732 {MemberOfTwo} 00000000 03 6931 00 000927c0 02 06 6c696e6573 01 08 756e69666f726d 01 00",
            new RequestHeader(ApiKey.ConsumerGroupHeartbeat, 1, 4, "rdkafka"),
            new ConsumerGroupHeartbeatRequest
            {
                GroupId = "g2",
                MemberId = MemberId,
                InstanceId = "i1",
                RebalanceTimeoutMs = 600000,
                SubscribedTopicNames = ["lines"],
                SubscribedTopicRegex = "",
                ServerAssignor = "uniform",
                Partitions = [],
            });
        Fixture.CheckFrame(
            $"00000055 0044 0001 00000006 {Client} 00 03 6732 {MemberOfTwo} 00000002 00 00 ffffffff 00 00 00 02 {IdBytes} 03 00000000 00000001 00 00",
            new RequestHeader(ApiKey.ConsumerGroupHeartbeat, 1, 6, "rdkafka"),
            new ConsumerGroupHeartbeatRequest
            {
                GroupId = "g2",
                MemberId = MemberId,
                MemberEpoch = 2,
                Partitions = [new() { TopicId = Id, Partitions = [0, 1] }],
            });
        Fixture.CheckFrame(
            $"0000003d 0044 0001 00000009 {Client} 00 03 6732 {MemberOfTwo} fffffffe 03 6931 00 ffffffff 00 00 00 00 00",
            new RequestHeader(ApiKey.ConsumerGroupHeartbeat, 1, 9, "rdkafka"),
            new ConsumerGroupHeartbeatRequest { GroupId = "g2", MemberId = MemberId, MemberEpoch = -2, InstanceId = "i1" });
    }

    [Fact]
    public void It_is_told_what_to_own() => Fixture.Check(
        $"00000000 0000 08 53756363657373 {MemberOfTwo} 00000002 00000bb8 01 02 {IdBytes} 03 00000000 00000001 00 00 00",
        1,
        new ConsumerGroupHeartbeatResponse
        {
            ErrorMessage = "Success",
            MemberId = "ES7f3Yt7SpyYmcSCvvNOUg",
            MemberEpoch = 2,
            HeartbeatIntervalMs = 3000,
            Assignment = new() { TopicPartitions = [new() { TopicId = Id, Partitions = [0, 1] }] },
        });

    [Fact]
    public void Its_admin_client_lists_groups_of_a_type() => Fixture.CheckFrame(
        $"0000001e 0010 0005 00000003 {Client} 00 01 02 09 436f6e73756d6572 00",
        new RequestHeader(ApiKey.ListGroups, 5, 3, "rdkafka"),
        new ListGroupsRequest { TypesFilter = ["Consumer"] });

    [Fact]
    public void Its_admin_client_describes_and_deletes_groups()
    {
        Fixture.CheckFrame(
            $"00000018 0045 0000 00000005 {Client} 00 02 03 6731 00 00",
            new RequestHeader(ApiKey.ConsumerGroupDescribe, 0, 5, "rdkafka"),
            new ConsumerGroupDescribeRequest { GroupIds = ["g1"] });
        Fixture.CheckFrame(
            $"00000018 000f 0005 00000006 {Client} 00 02 03 6731 00 00",
            new RequestHeader(ApiKey.DescribeGroups, 5, 6, "rdkafka"),
            new DescribeGroupsRequest { Groups = ["g1"] });
        Fixture.CheckFrame(
            $"00000017 002a 0002 00000009 {Client} 00 02 03 6731 00",
            new RequestHeader(ApiKey.DeleteGroups, 2, 9, "rdkafka"),
            new DeleteGroupsRequest { GroupsNames = ["g1"] });
    }

    [Fact]
    public void Its_admin_client_fetches_and_deletes_offsets()
    {
        Fixture.CheckFrame(
            $"00000033 0009 0009 00000008 {Client} 00 02 03 6731 00 ffffffff 02 06 6c696e6573 04 00000000 00000001 00000002 00 00 01 00",
            new RequestHeader(ApiKey.OffsetFetch, 9, 8, "rdkafka"),
            new OffsetFetchRequest { Groups = [new() { GroupId = "g1", Topics = [new() { Name = "lines", PartitionIndexes = [0, 1, 2] }] }], RequireStable = true });
        Fixture.CheckFrame(
            "00000032 002f 0000 00000009 0011 677261696e73747265616d2d62656e6368 0002 6733 00000001 0005 6c696e6573 00000001 00000000",
            new RequestHeader(ApiKey.OffsetDelete, 0, 9, "grainstream-bench"),
            new OffsetDeleteRequest { GroupId = "g3", Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 0 }] }] });
    }
}
