using GrainStream.Protocol.Messages;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>
/// Messages of consumer groups of flexible versions, without headers. Requests are as @platformatic/kafka 1.35 encodes them, except where it lacks the
/// version; those and the responses are worked out by hand from Kafka's message definitions.
/// </summary>
public class GroupFlexibleFixtureTests
{
    private const string Group = "03 6731";
    private const string Member = "03 6d31";
    private const string Instance = "03 6931";
    private const string Consumer = "09 636f6e73756d6572";
    private const string Range = "06 72616e6765";
    private const string Lines = "06 6c696e6573";
    private const string IdBytes = "00112233445566778899aabbccddeeff";

    private static readonly Guid Id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void Join_group_requests()
    {
        Fixture.Check(
            $"{Group} 00002710 000493e0 {Member} {Instance} {Consumer} 02 {Range} 04 616263 00 00",
            6,
            new JoinGroupRequest
            {
                GroupId = "g1",
                SessionTimeoutMs = 10000,
                RebalanceTimeoutMs = 300000,
                MemberId = "m1",
                GroupInstanceId = "i1",
                ProtocolType = "consumer",
                Protocols = [new() { Name = "range", Metadata = "abc"u8.ToArray() }],
            });
        Fixture.Check(
            $"{Group} 00002710 000493e0 01 00 {Consumer} 03 {Range} 04 616263 00 03 7272 01 00 04 776879 00",
            9,
            new JoinGroupRequest
            {
                GroupId = "g1",
                SessionTimeoutMs = 10000,
                RebalanceTimeoutMs = 300000,
                ProtocolType = "consumer",
                Protocols = [new() { Name = "range", Metadata = "abc"u8.ToArray() }, new() { Name = "rr" }],
                Reason = "why",
            });
    }

    [Fact]
    public void Join_group_responses()
    {
        JoinGroupResponse NewResponse() => new()
        {
            GenerationId = 3,
            ProtocolName = "range",
            Leader = "m1",
            MemberId = "m1",
            Members = [new() { MemberId = "m1", GroupInstanceId = "i1", Metadata = "abc"u8.ToArray() }],
        };

        const string Members = $"02 {Member} {Instance} 04 616263 00";
        Fixture.Check($"00000000 0000 00000003 {Range} {Member} {Member} {Members} 00", 6, NewResponse());

        JoinGroupResponse typed = NewResponse();
        typed.ProtocolType = "consumer";
        Fixture.Check($"00000000 0000 00000003 {Consumer} {Range} {Member} {Member} {Members} 00", 7, typed);
        typed.SkipAssignment = true;
        Fixture.Check($"00000000 0000 00000003 {Consumer} {Range} {Member} 01 {Member} {Members} 00", 9, typed);
        Fixture.Check(
            $"00000000 004f ffffffff 00 00 01 00 {Member} 01 00",
            9,
            new JoinGroupResponse { ErrorCode = ErrorCode.MemberIdRequired, MemberId = "m1" });
    }

    [Fact]
    public void Sync_group()
    {
        Fixture.Check(
            $"{Group} 00000003 {Member} {Instance} 02 {Member} 04 616263 00 00",
            4,
            new SyncGroupRequest
            {
                GroupId = "g1",
                GenerationId = 3,
                MemberId = "m1",
                GroupInstanceId = "i1",
                Assignments = [new() { MemberId = "m1", Assignment = "abc"u8.ToArray() }],
            });
        Fixture.Check(
            $"{Group} 00000003 {Member} 00 {Consumer} {Range} 02 {Member} 04 616263 00 00",
            5,
            new SyncGroupRequest
            {
                GroupId = "g1",
                GenerationId = 3,
                MemberId = "m1",
                ProtocolType = "consumer",
                ProtocolName = "range",
                Assignments = [new() { MemberId = "m1", Assignment = "abc"u8.ToArray() }],
            });
        Fixture.Check("00000000 0000 04 616263 00", 4, new SyncGroupResponse { Assignment = "abc"u8.ToArray() });
        Fixture.Check(
            $"00000000 0000 {Consumer} {Range} 04 616263 00",
            5,
            new SyncGroupResponse { ProtocolType = "consumer", ProtocolName = "range", Assignment = "abc"u8.ToArray() });
    }

    [Fact]
    public void Heartbeats()
    {
        Fixture.Check(
            $"{Group} 00000003 {Member} {Instance} 00",
            4,
            new HeartbeatRequest { GroupId = "g1", GenerationId = 3, MemberId = "m1", GroupInstanceId = "i1" });
        Fixture.Check("00000000 0052 00", 4, new HeartbeatResponse { ErrorCode = ErrorCode.FencedInstanceId });
    }

    [Fact]
    public void Leave_group()
    {
        Fixture.Check($"{Group} 02 {Member} 00 00 00", 4, new LeaveGroupRequest { GroupId = "g1", Members = [new() { MemberId = "m1" }] });
        Fixture.Check(
            $"{Group} 03 {Member} 00 04 776879 00 01 {Instance} 00 00 00",
            5,
            new LeaveGroupRequest { GroupId = "g1", Members = [new() { MemberId = "m1", Reason = "why" }, new() { GroupInstanceId = "i1" }] });
        Fixture.Check(
            $"00000000 0000 03 {Member} 00 0000 00 01 {Instance} 0019 00 00",
            5,
            new LeaveGroupResponse
            {
                Members = [new() { MemberId = "m1" }, new() { GroupInstanceId = "i1", ErrorCode = ErrorCode.UnknownMemberId }],
            });
    }

    [Fact]
    public void Offset_commits()
    {
        OffsetCommitRequest NewRequest(string name, Guid id) => new()
        {
            GroupId = "g1",
            GenerationIdOrMemberEpoch = 3,
            MemberId = "m1",
            GroupInstanceId = "i1",
            Topics =
            [
                new()
                {
                    Name = name,
                    TopicId = id,
                    Partitions = [new() { PartitionIndex = 2, CommittedOffset = 42, CommittedLeaderEpoch = 4, CommittedMetadata = "meta" }],
                },
            ],
        };

        const string Partition = "02 00000002 000000000000002a 00000004 05 6d657461 00";
        Fixture.Check($"{Group} 00000003 {Member} {Instance} 02 {Lines} {Partition} 00 00", 8, NewRequest("lines", Guid.Empty));
        Fixture.Check(
            $"{Group} 00000003 {Member} 00 02 {Lines} 02 00000002 000000000000002a ffffffff 00 00 00 00",
            9,
            new OffsetCommitRequest
            {
                GroupId = "g1",
                GenerationIdOrMemberEpoch = 3,
                MemberId = "m1",
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2, CommittedOffset = 42, CommittedMetadata = null }] }],
            });
        Fixture.Check($"{Group} 00000003 {Member} {Instance} 02 {IdBytes} {Partition} 00 00", 10, NewRequest("", Id));

        Fixture.Check(
            $"00000000 02 {Lines} 02 00000002 0071 00 00 00",
            9,
            new OffsetCommitResponse
            {
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2, ErrorCode = ErrorCode.StaleMemberEpoch }] }],
            });
        Fixture.Check(
            $"00000000 02 {IdBytes} 02 00000002 0064 00 00 00",
            10,
            new OffsetCommitResponse
            {
                Topics = [new() { TopicId = Id, Partitions = [new() { PartitionIndex = 2, ErrorCode = ErrorCode.UnknownTopicId }] }],
            });
    }

    [Fact]
    public void Offset_fetch_requests()
    {
        Fixture.Check(
            $"{Group} 02 {Lines} 03 00000000 00000002 00 00",
            6,
            new OffsetFetchRequest { GroupId = "g1", Topics = [new() { Name = "lines", PartitionIndexes = [0, 2] }] });
        Fixture.Check($"{Group} 00 01 00", 7, new OffsetFetchRequest { GroupId = "g1", Topics = null, RequireStable = true });
        Fixture.Check(
            $"03 {Group} 02 {Lines} 03 00000000 00000002 00 00 03 6732 00 00 01 00",
            8,
            new OffsetFetchRequest
            {
                Groups =
                [
                    new() { GroupId = "g1", Topics = [new() { Name = "lines", PartitionIndexes = [0, 2] }] },
                    new() { GroupId = "g2", Topics = null },
                ],
                RequireStable = true,
            });
        Fixture.Check(
            $"03 {Group} {Member} 00000007 02 {Lines} 03 00000000 00000002 00 00 03 6732 00 ffffffff 00 00 00 00",
            9,
            new OffsetFetchRequest
            {
                Groups =
                [
                    new() { GroupId = "g1", MemberId = "m1", MemberEpoch = 7, Topics = [new() { Name = "lines", PartitionIndexes = [0, 2] }] },
                    new() { GroupId = "g2", Topics = null },
                ],
            });
        Fixture.Check(
            $"02 {Group} 00 ffffffff 02 {IdBytes} 02 00000002 00 00 00 00",
            10,
            new OffsetFetchRequest { Groups = [new() { GroupId = "g1", Topics = [new() { TopicId = Id, PartitionIndexes = [2] }] }] });
    }

    [Fact]
    public void Offset_fetch_responses()
    {
        const string Partition = "02 00000002 000000000000002a 00000004 05 6d657461 0000 00";
        Fixture.Check(
            $"00000000 02 {Lines} {Partition} 00 0000 00",
            6,
            new OffsetFetchResponse
            {
                Topics =
                [
                    new()
                    {
                        Name = "lines",
                        Partitions = [new() { PartitionIndex = 2, CommittedOffset = 42, CommittedLeaderEpoch = 4, Metadata = "meta" }],
                    },
                ],
            });
        OffsetFetchResponse NewResponse(string name, Guid id) => new()
        {
            Groups =
            [
                new()
                {
                    GroupId = "g1",
                    Topics =
                    [
                        new()
                        {
                            Name = name,
                            TopicId = id,
                            Partitions = [new() { PartitionIndex = 2, CommittedOffset = 42, CommittedLeaderEpoch = 4, Metadata = "meta" }],
                        },
                    ],
                },
                new() { GroupId = "g2", ErrorCode = ErrorCode.GroupIdNotFound },
            ],
        };

        Fixture.Check($"00000000 03 {Group} 02 {Lines} {Partition} 00 0000 00 03 6732 01 0045 00 00", 8, NewResponse("lines", Guid.Empty));
        Fixture.Check($"00000000 03 {Group} 02 {IdBytes} {Partition} 00 0000 00 03 6732 01 0045 00 00", 10, NewResponse("", Id));
    }

    [Fact]
    public void Find_coordinator()
    {
        Fixture.Check($"{Group} 00 00", 3, new FindCoordinatorRequest { Key = "g1" });
        Fixture.Check("00 03 03 6731 03 6732 00", 4, new FindCoordinatorRequest { CoordinatorKeys = ["g1", "g2"] });
        Fixture.Check("01 02 03 6731 00", 6, new FindCoordinatorRequest { KeyType = CoordinatorKeyType.Transaction, CoordinatorKeys = ["g1"] });
        Fixture.Check(
            "00000005 000f ffff ffffffff 0000 ffffffff",
            1,
            new FindCoordinatorResponse { ThrottleTimeMs = 5, ErrorCode = ErrorCode.CoordinatorNotAvailable, NodeId = -1, Port = -1 });
        Fixture.Check("00000000 0000 00 00000001 02 68 00002384 00", 3, new FindCoordinatorResponse { NodeId = 1, Host = "h", Port = 9092 });
        Fixture.Check(
            $"00000000 02 {Group} 00000001 02 68 00002384 0000 00 00 00",
            4,
            new FindCoordinatorResponse { Coordinators = [new() { Key = "g1", NodeId = 1, Host = "h", Port = 9092 }] });
    }
}
