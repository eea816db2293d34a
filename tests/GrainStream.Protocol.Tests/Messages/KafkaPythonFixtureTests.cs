using GrainStream.Protocol.Messages;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Messages of versions before the flexible ones, as kafka-python 2.0.2 encodes them, without headers.</summary>
public class KafkaPythonFixtureTests
{
    private const string Lines = "0005 6c696e6573";

    [Fact]
    public void Produce_requests() => Fixture.Check(
        $"0002 7478 0001 000005dc 00000001 {Lines} 00000002 00000002 00000003 616263 00000003 00000000",
        3,
        new ProduceRequest
        {
            TransactionalId = "tx",
            Acks = 1,
            TimeoutMs = 1500,
            TopicData =
            [
                new()
                {
                    Name = "lines",
                    PartitionData =
                    [
                        new() { Index = 2, Records = Fixture.Records("616263") },
                        new() { Index = 3, Records = Fixture.Records("") },
                    ],
                },
            ],
        });

    [Fact]
    public void Produce_responses() => Fixture.Check(
        $"00000001 {Lines} 00000001 00000002 0000 000000000000002a ffffffffffffffff 0000000000000003 00000000",
        5,
        new ProduceResponse
        {
            Responses = [new() { Name = "lines", PartitionResponses = [new() { Index = 2, BaseOffset = 42, LogStartOffset = 3 }] }],
        });

    [Fact]
    public void Fetch_requests() => Fixture.Check(
        $"ffffffff 000001f4 00000001 00100000 01 00000001 {Lines} 00000001 00000002 000000000000002a 00010000",
        4,
        new FetchRequest
        {
            MaxWaitMs = 500,
            MinBytes = 1,
            MaxBytes = 1048576,
            IsolationLevel = 1,
            Topics = [new() { Topic = "lines", Partitions = [new() { Partition = 2, FetchOffset = 42, PartitionMaxBytes = 65536 }] }],
        });

    [Fact]
    public void Fetch_responses_with_an_aborted_transaction() => Fixture.Check(
        $"00000000 00000001 {Lines} 00000001 00000002 0000 0000000000000032 0000000000000031"
        + "00000001 0000000000000009 000000000000002c 00000003 616263",
        4,
        new FetchResponse
        {
            Responses =
            [
                new()
                {
                    Topic = "lines",
                    Partitions =
                    [
                        new()
                        {
                            PartitionIndex = 2,
                            HighWatermark = 50,
                            LastStableOffset = 49,
                            AbortedTransactions = [new() { ProducerId = 9, FirstOffset = 44 }],
                            Records = Fixture.Records("616263"),
                        },
                    ],
                },
            ],
        });

    [Fact]
    public void Fetch_responses_without_a_session() => Fixture.Check(
        $"00000000 0000 00000000 00000001 {Lines} 00000001 00000002 0000 0000000000000032 0000000000000032 0000000000000000"
        + "ffffffff ffffffff 00000003 616263",
        11,
        new FetchResponse
        {
            Responses =
            [
                new()
                {
                    Topic = "lines",
                    Partitions =
                    [
                        new()
                        {
                            PartitionIndex = 2,
                            HighWatermark = 50,
                            LastStableOffset = 50,
                            LogStartOffset = 0,
                            AbortedTransactions = null,
                            Records = Fixture.Records("616263"),
                        },
                    ],
                },
            ],
        });

    [Fact]
    public void List_offsets_requests_and_responses()
    {
        Fixture.Check(
            $"ffffffff 00000001 {Lines} 00000001 00000001 fffffffffffffffe",
            1,
            new ListOffsetsRequest
            {
                ReplicaId = -1,
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 1, Timestamp = -2 }] }],
            });
        Fixture.Check(
            $"00000000 00000001 {Lines} 00000001 00000001 0000 ffffffffffffffff 000000000000002a 00000003",
            5,
            new ListOffsetsResponse
            {
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 1, Offset = 42, LeaderEpoch = 3 }] }],
            });
    }

    [Fact]
    public void Metadata_requests_for_all_topics()
    {
        Fixture.Check("00000000", 0, new MetadataRequest());
        Fixture.Check("ffffffff", 1, new MetadataRequest { Topics = null });
    }

    [Fact]
    public void Metadata_responses()
    {
        Fixture.Check(
            $"00000001 00000001 0001 68 00002384 00000001 0000 {Lines} 00000001 0000 00000000 00000001 00000001 00000001 00000001 00000001",
            0,
            new MetadataResponse
            {
                Brokers = [new() { NodeId = 1, Host = "h", Port = 9092 }],
                Topics = [new() { Name = "lines", Partitions = [new() { LeaderId = 1, ReplicaNodes = [1], IsrNodes = [1] }] }],
            });
        Fixture.Check(
            $"00000000 00000001 00000001 0001 68 00002384 ffff 0001 63 00000001 00000001 0000 {Lines} 00"
            + "00000001 0000 00000000 00000001 00000002 00000001 00000002 00000001 00000001 00000001 00000002",
            5,
            new MetadataResponse
            {
                Brokers = [new() { NodeId = 1, Host = "h", Port = 9092 }],
                ClusterId = "c",
                ControllerId = 1,
                Topics =
                [
                    new()
                    {
                        Name = "lines",
                        Partitions = [new() { LeaderId = 1, ReplicaNodes = [1, 2], IsrNodes = [1], OfflineReplicas = [2] }],
                    },
                ],
            });
    }

    [Fact]
    public void Api_versions_responses() => Fixture.Check(
        "0000 00000002 0000 0003 000d 0012 0000 0004 00000000",
        1,
        new ApiVersionsResponse
        {
            ApiKeys =
            [
                new() { ApiKey = ApiKey.Produce, MinVersion = 3, MaxVersion = 13 },
                new() { ApiKey = ApiKey.ApiVersions, MinVersion = 0, MaxVersion = 4 },
            ],
        });

    [Fact]
    public void Topic_administration()
    {
        Fixture.Check(
            $"00000001 {Lines} 00000008 0001 00000000 00000001 000c 726574656e74696f6e2e6d73 0002 2d31 00007530 00",
            3,
            new CreateTopicsRequest
            {
                Topics =
                [
                    new() { Name = "lines", NumPartitions = 8, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = "-1" }] },
                ],
                TimeoutMs = 30000,
            });
        Fixture.Check(
            $"00000000 00000001 {Lines} 0024 0006 657869737473",
            3,
            new CreateTopicsResponse
            {
                Topics = [new() { Name = "lines", ErrorCode = ErrorCode.TopicAlreadyExists, ErrorMessage = "exists" }],
            });
        Fixture.Check(
            "00000002 0001 61 0001 62 00007530", 1, new DeleteTopicsRequest { TopicNames = ["a", "b"], TimeoutMs = 30000 });
        Fixture.Check("00000000 00000001 0001 61 0000", 1, new DeleteTopicsResponse { Responses = [new() { Name = "a" }] });
        Fixture.Check(
            $"00000001 {Lines} 00000008 00000002 00000001 00000001 00000001 00000002 000003e8 01",
            1,
            new CreatePartitionsRequest
            {
                Topics = [new() { Name = "lines", Count = 8, Assignments = [new() { BrokerIds = [1] }, new() { BrokerIds = [2] }] }],
                TimeoutMs = 1000,
                ValidateOnly = true,
            });
        Fixture.Check(
            $"00000001 {Lines} 00000008 ffffffff 000003e8 01",
            1,
            new CreatePartitionsRequest { Topics = [new() { Name = "lines", Count = 8 }], TimeoutMs = 1000, ValidateOnly = true });
        Fixture.Check($"00000000 00000001 {Lines} 0000 ffff", 1, new CreatePartitionsResponse { Results = [new() { Name = "lines" }] });
    }

    [Fact]
    public void Configuration()
    {
        Fixture.Check(
            $"00000001 02 {Lines} ffffffff 01",
            1,
            new DescribeConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = "lines" }], IncludeSynonyms = true });
        Fixture.Check(
            $"00000000 00000001 0000 ffff 02 {Lines} 00000001 000c 726574656e74696f6e2e6d73 0002 2d31 00 05 00"
            + "00000001 0010 6c6f672e726574656e74696f6e2e6d73 0002 2d31 05",
            2,
            new DescribeConfigsResponse
            {
                Results =
                [
                    new()
                    {
                        ResourceType = 2,
                        ResourceName = "lines",
                        Configs =
                        [
                            new()
                            {
                                Name = "retention.ms",
                                Value = "-1",
                                ConfigSource = 5,
                                Synonyms = [new() { Name = "log.retention.ms", Value = "-1", Source = 5 }],
                            },
                        ],
                    },
                ],
            });
        Fixture.Check(
            $"00000001 02 {Lines} 00000001 000c 726574656e74696f6e2e6d73 0001 35 00",
            1,
            new AlterConfigsRequest
            {
                Resources = [new() { ResourceType = 2, ResourceName = "lines", Configs = [new() { Name = "retention.ms", Value = "5" }] }],
            });
        Fixture.Check(
            $"00000000 00000001 0028 0002 6e6f 02 {Lines}",
            1,
            new AlterConfigsResponse
            {
                Responses = [new() { ErrorCode = ErrorCode.InvalidConfig, ErrorMessage = "no", ResourceType = 2, ResourceName = "lines" }],
            });
    }
}
