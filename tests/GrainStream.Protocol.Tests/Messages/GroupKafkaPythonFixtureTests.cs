using GrainStream.Protocol.Messages;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Messages of consumer groups of versions before the flexible ones, as kafka-python 2.0.2 encodes them, without headers.</summary>
public class GroupKafkaPythonFixtureTests
{
    private const string Group = "0002 6731";
    private const string Member = "0002 6d31";
    private const string Other = "0002 6d32";
    private const string Consumer = "0008 636f6e73756d6572";
    private const string Range = "0005 72616e6765";
    private const string Lines = "0005 6c696e6573";
    private const string Abc = "00000003 616263";

    [Fact]
    public void Join_group_requests()
    {
        Fixture.Check(
            $"{Group} 00002710 0000 {Consumer} 00000001 {Range} {Abc}",
            0,
            new JoinGroupRequest { GroupId = "g1", SessionTimeoutMs = 10000, ProtocolType = "consumer", Protocols = [new() { Name = "range", Metadata = "abc"u8.ToArray() }] });
        Fixture.Check(
            $"{Group} 00002710 000493e0 {Member} {Consumer} 00000002 {Range} {Abc} 0002 7272 00000000",
            2,
            new JoinGroupRequest
            {
                GroupId = "g1",
                SessionTimeoutMs = 10000,
                RebalanceTimeoutMs = 300000,
                MemberId = "m1",
                ProtocolType = "consumer",
                Protocols = [new() { Name = "range", Metadata = "abc"u8.ToArray() }, new() { Name = "rr" }],
            });
    }

    [Fact]
    public void Join_group_responses()
    {
        Fixture.Check(
            $"0000 00000003 {Range} {Member} {Other} 00000000",
            0,
            new JoinGroupResponse { GenerationId = 3, ProtocolName = "range", Leader = "m1", MemberId = "m2" });
        Fixture.Check(
            $"00000005 0000 00000003 {Range} {Member} {Member} 00000002 {Member} {Abc} {Other} 00000000",
            2,
            new JoinGroupResponse
            {
                ThrottleTimeMs = 5,
                GenerationId = 3,
                ProtocolName = "range",
                Leader = "m1",
                MemberId = "m1",
                Members = [new() { MemberId = "m1", Metadata = "abc"u8.ToArray() }, new() { MemberId = "m2" }],
            });
    }

    [Fact]
    public void Sync_group()
    {
        Fixture.Check(
            $"{Group} 00000003 {Member} 00000002 {Member} {Abc} {Other} 00000000",
            1,
            new SyncGroupRequest
            {
                GroupId = "g1",
                GenerationId = 3,
                MemberId = "m1",
                Assignments = [new() { MemberId = "m1", Assignment = "abc"u8.ToArray() }, new() { MemberId = "m2" }],
            });
        Fixture.Check("001b 00000000", 0, new SyncGroupResponse { ErrorCode = ErrorCode.RebalanceInProgress });
        Fixture.Check($"00000005 0000 {Abc}", 1, new SyncGroupResponse { ThrottleTimeMs = 5, Assignment = "abc"u8.ToArray() });
    }

    [Fact]
    public void Heartbeats()
    {
        Fixture.Check($"{Group} 00000003 {Member}", 1, new HeartbeatRequest { GroupId = "g1", GenerationId = 3, MemberId = "m1" });
        Fixture.Check("001b", 0, new HeartbeatResponse { ErrorCode = ErrorCode.RebalanceInProgress });
        Fixture.Check("00000005 0000", 1, new HeartbeatResponse { ThrottleTimeMs = 5 });
    }

    [Fact]
    public void Leave_group()
    {
        Fixture.Check($"{Group} {Member}", 1, new LeaveGroupRequest { GroupId = "g1", MemberId = "m1" });
        Fixture.Check("0019", 0, new LeaveGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });
        Fixture.Check("00000005 0000", 1, new LeaveGroupResponse { ThrottleTimeMs = 5 });
    }

    [Fact]
    public void Offset_commits()
    {
        Fixture.Check(
            $"{Group} 00000003 {Member} 000000000000ea60 00000001 {Lines} 00000001 00000002 000000000000002a 0004 6d657461",
            2,
            new OffsetCommitRequest
            {
                GroupId = "g1",
                GenerationIdOrMemberEpoch = 3,
                MemberId = "m1",
                RetentionTimeMs = 60000,
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2, CommittedOffset = 42, CommittedMetadata = "meta" }] }],
            });
        Fixture.Check(
            $"{Group} ffffffff 0000 ffffffffffffffff 00000001 {Lines} 00000001 00000002 000000000000002a ffff",
            3,
            new OffsetCommitRequest
            {
                GroupId = "g1",
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2, CommittedOffset = 42, CommittedMetadata = null }] }],
            });
        Fixture.Check(
            $"00000001 {Lines} 00000002 00000002 0000 00000003 000c",
            2,
            new OffsetCommitResponse
            {
                Topics =
                [
                    new() { Name = "lines", Partitions = [new() { PartitionIndex = 2 }, new() { PartitionIndex = 3, ErrorCode = ErrorCode.OffsetMetadataTooLarge }] },
                ],
            });
        Fixture.Check(
            $"00000005 00000001 {Lines} 00000001 00000002 0000",
            3,
            new OffsetCommitResponse { ThrottleTimeMs = 5, Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2 }] }] });
    }

    [Fact]
    public void Offset_fetches()
    {
        Fixture.Check(
            $"{Group} 00000001 {Lines} 00000002 00000000 00000002",
            1,
            new OffsetFetchRequest { GroupId = "g1", Topics = [new() { Name = "lines", PartitionIndexes = [0, 2] }] });
        Fixture.Check($"{Group} ffffffff", 2, new OffsetFetchRequest { GroupId = "g1", Topics = null });
        Fixture.Check(
            $"00000001 {Lines} 00000001 00000002 000000000000002a 0004 6d657461 0000",
            1,
            new OffsetFetchResponse
            {
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2, CommittedOffset = 42, Metadata = "meta" }] }],
            });
        Fixture.Check(
            $"00000001 {Lines} 00000001 00000002 ffffffffffffffff 0000 0000 0000",
            2,
            new OffsetFetchResponse
            {
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2, CommittedOffset = -1, Metadata = "" }] }],
            });
        Fixture.Check(
            $"00000005 00000001 {Lines} 00000001 00000002 000000000000002a ffff 0000 0000",
            3,
            new OffsetFetchResponse
            {
                ThrottleTimeMs = 5,
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2, CommittedOffset = 42, Metadata = null }] }],
            });
    }

    // The response of version 1 has a throttle time that kafka-python does not know, so its bytes are no example of it.
    [Fact]
    public void Find_coordinator()
    {
        Fixture.Check(Group, 0, new FindCoordinatorRequest { Key = "g1" });
        Fixture.Check($"{Group} 00", 1, new FindCoordinatorRequest { Key = "g1" });
        Fixture.Check("0000 00000001 0001 68 00002384", 0, new FindCoordinatorResponse { NodeId = 1, Host = "h", Port = 9092 });
    }

    [Fact]
    public void List_groups()
    {
        Fixture.Check("", 0, new ListGroupsRequest());
        Fixture.Check("", 2, new ListGroupsRequest());
        Fixture.Check($"0000 00000001 {Group} {Consumer}", 0, new ListGroupsResponse { Groups = [new() { GroupId = "g1", ProtocolType = "consumer" }] });
        Fixture.Check(
            $"00000005 0000 00000002 {Group} {Consumer} 0002 6732 0000",
            2,
            new ListGroupsResponse { ThrottleTimeMs = 5, Groups = [new() { GroupId = "g1", ProtocolType = "consumer" }, new() { GroupId = "g2" }] });
    }

    [Fact]
    public void Describe_groups()
    {
        const string Stable = $"0000 {Group} 0006 537461626c65 {Consumer} {Range} 00000001 {Member} 0002 6331 000a 2f3132372e302e302e31 {Abc} 00000002 6465";
        DescribeGroupsResponse NewResponse(int throttleTimeMs) => new()
        {
            ThrottleTimeMs = throttleTimeMs,
            Groups =
            [
                new()
                {
                    GroupId = "g1",
                    GroupState = "Stable",
                    ProtocolType = "consumer",
                    ProtocolData = "range",
                    Members =
                    [
                        new() { MemberId = "m1", ClientId = "c1", ClientHost = "/127.0.0.1", MemberMetadata = "abc"u8.ToArray(), MemberAssignment = "de"u8.ToArray() },
                    ],
                },
            ],
        };

        Fixture.Check($"00000002 {Group} 0002 6732", 0, new DescribeGroupsRequest { Groups = ["g1", "g2"] });
        Fixture.Check($"00000001 {Group} 01", 3, new DescribeGroupsRequest { Groups = ["g1"], IncludeAuthorizedOperations = true });
        Fixture.Check($"00000001 {Stable}", 0, NewResponse(0));
        Fixture.Check($"00000005 00000001 {Stable}", 1, NewResponse(5));
    }

    [Fact]
    public void Delete_groups()
    {
        Fixture.Check($"00000002 {Group} 0002 6732", 1, new DeleteGroupsRequest { GroupsNames = ["g1", "g2"] });
        Fixture.Check(
            $"00000005 00000002 {Group} 0000 0002 6732 0044",
            1,
            new DeleteGroupsResponse { ThrottleTimeMs = 5, Results = [new() { GroupId = "g1" }, new() { GroupId = "g2", ErrorCode = ErrorCode.NonEmptyGroup }] });
    }

    // What kafka-python's assignors say and are told stands behind a 16-bit version.
    [Fact]
    public void Subscriptions_and_assignments()
    {
        Fixture.Check("00000002 0005 6c696e6573 0002 7432 00000000", 0, new ConsumerProtocolSubscription { Topics = ["lines", "t2"], UserData = [] });
        Fixture.Check(
            $"00000001 {Lines} 00000002 00000000 00000002 00000000",
            0,
            new ConsumerProtocolAssignment { AssignedPartitions = [new() { Topic = "lines", Partitions = [0, 2] }], UserData = [] });
    }
}
