using GrainStream.Protocol.Messages;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>
/// Messages that administer groups, and those of the consumer protocol (KIP-848), all flexible but OffsetDelete, without headers. Where they are from: see
/// <see cref="GroupFlexibleFixtureTests"/>.
/// </summary>
public class GroupAdministrationFixtureTests
{
    private const string Group = "03 6731";
    private const string Member = "03 6d31";
    private const string Instance = "03 6931";
    private const string Consumer = "09 636f6e73756d6572";
    private const string Lines = "06 6c696e6573";
    private const string IdBytes = "00112233445566778899aabbccddeeff";

    private static readonly Guid Id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void List_groups()
    {
        Fixture.Check("00", 3, new ListGroupsRequest());
        Fixture.Check("02 07 537461626c65 00", 4, new ListGroupsRequest { StatesFilter = ["Stable"] });
        Fixture.Check(
            $"03 07 537461626c65 06 456d707479 02 {Consumer} 00",
            5,
            new ListGroupsRequest { StatesFilter = ["Stable", "Empty"], TypesFilter = ["consumer"] });
        Fixture.Check(
            $"00000000 0000 02 {Group} {Consumer} 07 537461626c65 00 00",
            4,
            new ListGroupsResponse { Groups = [new() { GroupId = "g1", ProtocolType = "consumer", GroupState = "Stable" }] });
        Fixture.Check(
            $"00000000 0000 02 {Group} {Consumer} 07 537461626c65 08 636c6173736963 00 00",
            5,
            new ListGroupsResponse { Groups = [new() { GroupId = "g1", ProtocolType = "consumer", GroupState = "Stable", GroupType = "classic" }] });
    }

    [Fact]
    public void Describe_groups()
    {
        Fixture.Check("03 03 6731 03 6732 01 00", 5, new DescribeGroupsRequest { Groups = ["g1", "g2"], IncludeAuthorizedOperations = true });
        const string Rest = $"{Group} 07 537461626c65 {Consumer} 06 72616e6765 02 {Member} {Instance} 03 6331 0b 2f3132372e302e302e31 04 616263 03 6465 00 80000000 00";
        DescribeGroupsResponse NewResponse() => new()
        {
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
                        new()
                        {
                            MemberId = "m1",
                            GroupInstanceId = "i1",
                            ClientId = "c1",
                            ClientHost = "/127.0.0.1",
                            MemberMetadata = "abc"u8.ToArray(),
                            MemberAssignment = "de"u8.ToArray(),
                        },
                    ],
                },
            ],
        };

        Fixture.Check($"00000000 02 0000 {Rest} 00", 5, NewResponse());
        Fixture.Check($"00000000 02 0000 00 {Rest} 00", 6, NewResponse());
        Fixture.Check(
            $"00000000 02 0045 03 6e6f {Group} 05 44656164 01 01 01 80000000 00 00",
            6,
            new DescribeGroupsResponse { Groups = [new() { ErrorCode = ErrorCode.GroupIdNotFound, ErrorMessage = "no", GroupId = "g1", GroupState = "Dead" }] });
    }

    [Fact]
    public void Delete_groups()
    {
        Fixture.Check("03 03 6731 03 6732 00", 2, new DeleteGroupsRequest { GroupsNames = ["g1", "g2"] });
        Fixture.Check(
            "00000000 03 03 6731 0000 00 03 6732 0045 00 00",
            2,
            new DeleteGroupsResponse { Results = [new() { GroupId = "g1" }, new() { GroupId = "g2", ErrorCode = ErrorCode.GroupIdNotFound }] });
    }

    [Fact]
    public void Delete_offsets()
    {
        Fixture.Check(
            "0002 6731 00000001 0005 6c696e6573 00000002 00000002 00000003",
            0,
            new OffsetDeleteRequest
            {
                GroupId = "g1",
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2 }, new() { PartitionIndex = 3 }] }],
            });
        Fixture.Check(
            "0000 00000005 00000001 0005 6c696e6573 00000001 00000002 0056",
            0,
            new OffsetDeleteResponse
            {
                ThrottleTimeMs = 5,
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 2, ErrorCode = ErrorCode.GroupSubscribedToTopic }] }],
            });
    }

    [Fact]
    public void Consumer_group_heartbeat_requests()
    {
        ConsumerGroupHeartbeatRequest NewRequest(string? regex) => new()
        {
            GroupId = "g1",
            MemberId = "m1",
            InstanceId = "i1",
            RackId = "r1",
            RebalanceTimeoutMs = 300000,
            SubscribedTopicNames = ["lines", "t2"],
            SubscribedTopicRegex = regex,
            ServerAssignor = "uniform",
            Partitions = [new() { TopicId = Id, Partitions = [0, 2] }],
        };

        const string Begin = $"{Group} {Member} 00000000 {Instance} 03 7231 000493e0 03 {Lines} 03 7432";
        const string End = $"08 756e69666f726d 02 {IdBytes} 03 00000000 00000002 00 00";
        Fixture.Check($"{Begin} {End}", 0, NewRequest(null));
        Fixture.Check($"{Begin} 05 6c692e2a {End}", 1, NewRequest("li.*"));
        Fixture.Check(
            $"{Group} {Member} 00000007 00 00 ffffffff 00 00 00 00 00",
            1,
            new ConsumerGroupHeartbeatRequest { GroupId = "g1", MemberId = "m1", MemberEpoch = 7 });
    }

    [Fact]
    public void Consumer_group_heartbeat_responses()
    {
        Fixture.Check(
            $"00000000 0000 00 {Member} 00000007 00001388 01 02 {IdBytes} 03 00000000 00000002 00 00 00",
            1,
            new ConsumerGroupHeartbeatResponse
            {
                MemberId = "m1",
                MemberEpoch = 7,
                HeartbeatIntervalMs = 5000,
                Assignment = new() { TopicPartitions = [new() { TopicId = Id, Partitions = [0, 2] }] },
            });
        Fixture.Check(
            "00000000 006e 03 6e6f 00 00000000 00000000 ff 00",
            0,
            new ConsumerGroupHeartbeatResponse { ErrorCode = ErrorCode.FencedMemberEpoch, ErrorMessage = "no" });
    }

    [Fact]
    public void Consumer_group_describe()
    {
        Fixture.Check("03 03 6731 03 6732 01 00", 0, new ConsumerGroupDescribeRequest { GroupIds = ["g1", "g2"], IncludeAuthorizedOperations = true });
        const string Begin = $"00000000 02 0000 00 {Group} 07 537461626c65 00000007 00000006 08 756e69666f726d 02"
            + $"{Member} {Instance} 03 7231 00000007 03 6331 0b 2f3132372e302e302e31 02 {Lines} 05 6c692e2a"
            + $"02 {IdBytes} {Lines} 03 00000000 00000002 00 00 01 00";
        const string End = "00 80000000 00 00";
        ConsumerGroupDescribeResponse NewResponse(sbyte type) => new()
        {
            Groups =
            [
                new()
                {
                    GroupId = "g1",
                    GroupState = "Stable",
                    GroupEpoch = 7,
                    AssignmentEpoch = 6,
                    AssignorName = "uniform",
                    Members =
                    [
                        new()
                        {
                            MemberId = "m1",
                            InstanceId = "i1",
                            RackId = "r1",
                            MemberEpoch = 7,
                            ClientId = "c1",
                            ClientHost = "/127.0.0.1",
                            SubscribedTopicNames = ["lines"],
                            SubscribedTopicRegex = "li.*",
                            Assignment = new() { TopicPartitions = [new() { TopicId = Id, TopicName = "lines", Partitions = [0, 2] }] },
                            MemberType = type,
                        },
                    ],
                },
            ],
        };

        Fixture.Check($"{Begin} {End}", 0, NewResponse(-1));
        Fixture.Check($"{Begin} 01 {End}", 1, NewResponse(1));
    }
}
