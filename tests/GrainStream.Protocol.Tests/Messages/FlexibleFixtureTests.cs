using GrainStream.Protocol.Messages;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>
/// Messages of flexible versions, without headers. Requests are as @platformatic/kafka encodes them, except where it lacks the version;
/// those and the responses are worked out by hand from Kafka's message definitions.
/// </summary>
public class FlexibleFixtureTests
{
    private const string Lines = "06 6c696e6573";
    private const string IdBytes = "00112233445566778899aabbccddeeff";
    private const string RetentionMs = "0d 726574656e74696f6e2e6d73";

    private static readonly Guid Id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void Api_versions_requests()
    {
        Fixture.Check("", 0, new ApiVersionsRequest());
        Fixture.Check(
            "12 6170616368652d6b61666b612d6a617661 06 342e332e30 00",
            4,
            new ApiVersionsRequest { ClientSoftwareName = "apache-kafka-java", ClientSoftwareVersion = "4.3.0" });
    }

    [Fact]
    public void Api_versions_responses()
    {
        Fixture.Check(
            "0023 00000001 0012 0000 0004",
            0,
            new ApiVersionsResponse
            {
                ErrorCode = ErrorCode.UnsupportedVersion,
                ApiKeys = [new() { ApiKey = ApiKey.ApiVersions, MinVersion = 0, MaxVersion = 4 }],
            });
        Fixture.Check("0000 02 0012 0000 0004 00 00000000 00", 3, new ApiVersionsResponse
        {
            ApiKeys = [new() { ApiKey = ApiKey.ApiVersions, MinVersion = 0, MaxVersion = 4 }],
        });
        Fixture.Check(
            "0000 01 00000000 03 00 17 02 11 6d657461646174612e76657273696f6e 0001 0016 00 01 08 0000000000000007 03 01 01",
            4,
            new ApiVersionsResponse
            {
                SupportedFeatures = [new() { Name = "metadata.version", MinVersion = 1, MaxVersion = 22 }],
                FinalizedFeaturesEpoch = 7,
                ZkMigrationReady = true,
            });
    }

    [Fact]
    public void Metadata_requests()
    {
        Fixture.Check(
            $"03 00000000000000000000000000000000 {Lines} 00 00000000000000000000000000000000 03 7432 00 01 00 00",
            12,
            new MetadataRequest { Topics = [new() { Name = "lines" }, new() { Name = "t2" }] });
        Fixture.Check(
            "00 00 01 00",
            12,
            new MetadataRequest { Topics = null, AllowAutoTopicCreation = false, IncludeTopicAuthorizedOperations = true });
        Fixture.Check($"02 {IdBytes} 00 00 01 00 00", 12, new MetadataRequest { Topics = [new() { TopicId = Id }] });
    }

    [Fact]
    public void Metadata_responses() => Fixture.Check(
        "00000000"
        + "02 00000001 0a 3132372e302e302e31 00002384 00 00"
        + "08 636c7573746572 00000001"
        + $"03 0000 {Lines} {IdBytes} 00 02 0000 00000000 00000001 00000004 02 00000001 02 00000001 01 00 80000000 00"
        + $"0064 00 {IdBytes} 00 01 80000000 00"
        + "00",
        12,
        new MetadataResponse
        {
            Brokers = [new() { NodeId = 1, Host = "127.0.0.1", Port = 9092 }],
            ClusterId = "cluster",
            ControllerId = 1,
            Topics =
            [
                new()
                {
                    Name = "lines",
                    TopicId = Id,
                    Partitions = [new() { LeaderId = 1, LeaderEpoch = 4, ReplicaNodes = [1], IsrNodes = [1] }],
                },
                new() { ErrorCode = ErrorCode.UnknownTopicId, TopicId = Id },
            ],
        });

    [Fact]
    public void Produce_requests()
    {
        ProduceRequest NewRequest(string name, Guid id) => new()
        {
            Acks = -1,
            TimeoutMs = 30000,
            TopicData = [new() { Name = name, TopicId = id, PartitionData = [new() { Index = 2, Records = Fixture.Records("616263") }] }],
        };

        Fixture.Check($"00 ffff 00007530 02 {Lines} 02 00000002 04 616263 00 00 00", 9, NewRequest("lines", Guid.Empty));
        Fixture.Check($"00 ffff 00007530 02 {IdBytes} 02 00000002 04 616263 00 00 00", 13, NewRequest("", Id));
    }

    [Fact]
    public void Produce_responses()
    {
        Fixture.Check(
            $"02 {Lines} 02 00000002 0057 ffffffffffffffff ffffffffffffffff ffffffffffffffff"
            + "02 00000001 04 626164 00 08 72656675736564 00 00 00000007 00",
            9,
            new ProduceResponse
            {
                Responses =
                [
                    new()
                    {
                        Name = "lines",
                        PartitionResponses =
                        [
                            new()
                            {
                                Index = 2,
                                ErrorCode = ErrorCode.InvalidRecord,
                                BaseOffset = -1,
                                RecordErrors = [new() { BatchIndex = 1, BatchIndexErrorMessage = "bad" }],
                                ErrorMessage = "refused",
                            },
                        ],
                    },
                ],
                ThrottleTimeMs = 7,
            });
        Fixture.Check(
            $"02 {IdBytes} 02 00000002 0006 ffffffffffffffff ffffffffffffffff ffffffffffffffff 01 00 01 00 09 00000003 00000005 00 00"
            + "00000000 01 00 0d 02 00000003 02 68 00002384 00 00",
            13,
            new ProduceResponse
            {
                Responses =
                [
                    new()
                    {
                        TopicId = Id,
                        PartitionResponses =
                        [
                            new()
                            {
                                Index = 2,
                                ErrorCode = ErrorCode.NotLeaderOrFollower,
                                BaseOffset = -1,
                                CurrentLeader = new() { LeaderId = 3, LeaderEpoch = 5 },
                            },
                        ],
                    },
                ],
                NodeEndpoints = [new() { NodeId = 3, Host = "h", Port = 9092 }],
            });
    }

    [Fact]
    public void Fetch_requests()
    {
        const string Partition = "00000002 00000005 000000000000002a 00000004 ffffffffffffffff 00010000";
        FetchRequest.FetchPartition NewPartition() =>
            new() { Partition = 2, CurrentLeaderEpoch = 5, FetchOffset = 42, LastFetchedEpoch = 4, PartitionMaxBytes = 65536 };

        Fixture.Check(
            $"ffffffff 000001f4 00000001 00100000 01 00000007 00000003 02 {Lines} 02 {Partition} 00 00 01 03 7231 00",
            12,
            new FetchRequest
            {
                MaxWaitMs = 500,
                MinBytes = 1,
                MaxBytes = 1048576,
                IsolationLevel = 1,
                SessionId = 7,
                SessionEpoch = 3,
                Topics = [new() { Topic = "lines", Partitions = [NewPartition()] }],
                RackId = "r1",
            });
        Fixture.Check(
            $"000001f4 00000001 00100000 00 00000000 ffffffff 02 {IdBytes} 02 {Partition} 00 00 02 {IdBytes} 03 00000001 00000002 00 01 00",
            17,
            new FetchRequest
            {
                MaxWaitMs = 500,
                MinBytes = 1,
                MaxBytes = 1048576,
                Topics = [new() { TopicId = Id, Partitions = [NewPartition()] }],
                ForgottenTopicsData = [new() { TopicId = Id, Partitions = [1, 2] }],
            });
        Fixture.Check(
            "000001f4 00000001 7fffffff 00 00000000 ffffffff 01 01 01 02 00 02 02 63 01 0d 00000002 0000000000000009 00",
            17,
            new FetchRequest
            {
                ClusterId = "c",
                ReplicaState = new() { ReplicaId = 2, ReplicaEpoch = 9 },
                MaxWaitMs = 500,
                MinBytes = 1,
            });
    }

    [Fact]
    public void Fetch_responses()
    {
        const string Partition = "00000002 0000 0000000000000032 0000000000000032 0000000000000000 00 ffffffff 04 616263";
        FetchResponse.PartitionData NewPartition() => new()
        {
            PartitionIndex = 2,
            HighWatermark = 50,
            LastStableOffset = 50,
            LogStartOffset = 0,
            AbortedTransactions = null,
            Records = Fixture.Records("616263"),
        };

        Fixture.Check(
            $"00000000 0000 00000000 02 {Lines} 02 {Partition} 00 00 00",
            12,
            new FetchResponse { Responses = [new() { Topic = "lines", Partitions = [NewPartition()] }] });
        Fixture.Check(
            $"00000000 0000 00000007 03 {IdBytes} 02 {Partition} 00 00"
            + $"{IdBytes} 02 00000000 0006 ffffffffffffffff ffffffffffffffff ffffffffffffffff 00 ffffffff 00"
            + "02 00 0d 00000001 0000000000000028 00 01 09 00000003 00000005 00 00"
            + "01 00 0d 02 00000003 02 68 00002384 00 00",
            17,
            new FetchResponse
            {
                SessionId = 7,
                Responses =
                [
                    new() { TopicId = Id, Partitions = [NewPartition()] },
                    new()
                    {
                        TopicId = Id,
                        Partitions =
                        [
                            new()
                            {
                                ErrorCode = ErrorCode.NotLeaderOrFollower,
                                HighWatermark = -1,
                                DivergingEpoch = new() { Epoch = 1, EndOffset = 40 },
                                CurrentLeader = new() { LeaderId = 3, LeaderEpoch = 5 },
                                AbortedTransactions = null,
                            },
                        ],
                    },
                ],
                NodeEndpoints = [new() { NodeId = 3, Host = "h", Port = 9092 }],
            });
    }

    [Fact]
    public void Offset_requests()
    {
        Fixture.Check(
            $"ffffffff 01 02 {Lines} 02 00000001 00000003 fffffffffffffffe 00 00 00",
            9,
            new ListOffsetsRequest
            {
                ReplicaId = -1,
                IsolationLevel = 1,
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 1, CurrentLeaderEpoch = 3, Timestamp = -2 }] }],
            });
        Fixture.Check(
            $"ffffffff 02 {Lines} 02 00000001 00000003 00000002 00 00 00",
            4,
            new OffsetForLeaderEpochRequest
            {
                ReplicaId = -1,
                Topics = [new() { Topic = "lines", Partitions = [new() { Partition = 1, CurrentLeaderEpoch = 3, LeaderEpoch = 2 }] }],
            });
        Fixture.Check(
            $"02 {Lines} 02 00000001 ffffffffffffffff 00 00 0000ea60 00",
            2,
            new DeleteRecordsRequest
            {
                Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 1, Offset = -1 }] }],
                TimeoutMs = 60000,
            });
    }

    [Fact]
    public void Topic_administration()
    {
        Fixture.Check(
            $"03 {Lines} ffffffff ffff 01 02 {RetentionMs} 03 2d31 00 00"
            + "02 62 00000001 0001 02 00000000 03 00000001 00000002 00 01 00 00007530 01 00",
            7,
            new CreateTopicsRequest
            {
                Topics =
                [
                    new()
                    {
                        Name = "lines",
                        NumPartitions = -1,
                        ReplicationFactor = -1,
                        Configs = [new() { Name = "retention.ms", Value = "-1" }],
                    },
                    new()
                    {
                        Name = "b",
                        NumPartitions = 1,
                        ReplicationFactor = 1,
                        Assignments = [new() { PartitionIndex = 0, BrokerIds = [1, 2] }],
                    },
                ],
                TimeoutMs = 30000,
                ValidateOnly = true,
            });
        Fixture.Check(
            $"00000000 02 {Lines} {IdBytes} 0000 00 00000008 0001 02 {RetentionMs} 03 2d31 00 05 00 00 01 00 02 001d 00",
            7,
            new CreateTopicsResponse
            {
                Topics =
                [
                    new()
                    {
                        Name = "lines",
                        TopicId = Id,
                        NumPartitions = 8,
                        ReplicationFactor = 1,
                        Configs = [new() { Name = "retention.ms", Value = "-1", ConfigSource = 5 }],
                        TopicConfigErrorCode = ErrorCode.TopicAuthorizationFailed,
                    },
                ],
            });
        Fixture.Check(
            $"03 {Lines} 00000000000000000000000000000000 00 00 {IdBytes} 00 00007530 00",
            6,
            new DeleteTopicsRequest { Topics = [new() { Name = "lines" }, new() { TopicId = Id }], TimeoutMs = 30000 });
        Fixture.Check(
            $"02 {Lines} 00000008 02 02 00000001 00 00 000003e8 00 00",
            3,
            new CreatePartitionsRequest
            {
                Topics = [new() { Name = "lines", Count = 8, Assignments = [new() { BrokerIds = [1] }] }],
                TimeoutMs = 1000,
            });
    }

    [Fact]
    public void Configuration()
    {
        Fixture.Check(
            $"02 02 {Lines} 02 {RetentionMs} 00 01 00 00",
            4,
            new DescribeConfigsRequest
            {
                Resources = [new() { ResourceType = 2, ResourceName = "lines", ConfigurationKeys = ["retention.ms"] }],
                IncludeSynonyms = true,
            });
        Fixture.Check(
            $"02 02 {Lines} 02 {RetentionMs} 01 00 00 00 00 00",
            1,
            new IncrementalAlterConfigsRequest
            {
                Resources =
                [
                    new() { ResourceType = 2, ResourceName = "lines", Configs = [new() { Name = "retention.ms", ConfigOperation = 1 }] },
                ],
            });
        Fixture.Check(
            $"02 02 {Lines} 02 {RetentionMs} 02 35 00 00 01 00",
            2,
            new AlterConfigsRequest
            {
                Resources = [new() { ResourceType = 2, ResourceName = "lines", Configs = [new() { Name = "retention.ms", Value = "5" }] }],
                ValidateOnly = true,
            });
    }

    [Fact]
    public void Cluster_and_producers()
    {
        Fixture.Check("01 01 00", 1, new DescribeClusterRequest { IncludeClusterAuthorizedOperations = true });
        Fixture.Check(
            "00000000 0000 00 01 08 636c7573746572 00000001 02 00000001 02 68 00002384 00 01 00 80000000 00",
            2,
            new DescribeClusterResponse
            {
                ClusterId = "cluster",
                ControllerId = 1,
                Brokers = [new() { BrokerId = 1, Host = "h", Port = 9092, IsFenced = true }],
            });
        Fixture.Check("00 0000ea60 ffffffffffffffff ffff 00", 5, new InitProducerIdRequest { TransactionTimeoutMs = 60000 });
        Fixture.Check(
            "00000000 0000 0000000000001267 0002 ffffffffffffffff ffff 00",
            6,
            new InitProducerIdResponse { ProducerId = 4711, ProducerEpoch = 2 });
    }
}
