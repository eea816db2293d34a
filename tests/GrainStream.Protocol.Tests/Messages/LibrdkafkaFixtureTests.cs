using GrainStream.Protocol.Messages;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Frames as kcat 1.7.1 on librdkafka 2.0.2 sent them to a socket.</summary>
public class LibrdkafkaFixtureTests
{
    [Fact]
    public void Its_first_request_asks_for_versions() => Fixture.CheckFrame(
        "00000021 0012 0003 00000001 0004 6b636174 00 0b 6c696272646b61666b61 06 322e302e32 00",
        new RequestHeader(ApiKey.ApiVersions, 3, 1, "kcat"),
        new ApiVersionsRequest { ClientSoftwareName = "librdkafka", ClientSoftwareVersion = "2.0.2" });

    [Fact]
    public void It_asks_for_the_metadata_of_one_topic() => Fixture.CheckFrame(
        "0000001a 0003 0004 00000002 0004 6b636174 00000001 0005 6c696e6573 01",
        new RequestHeader(ApiKey.Metadata, 4, 2, "kcat"),
        new MetadataRequest { Topics = [new() { Name = "lines" }], AllowAutoTopicCreation = true });

    [Fact]
    public void It_asks_for_a_producer_id() => Fixture.CheckFrame(
        "0000001f 0016 0004 00000003 0004 6b636174 00 00 ffffffff ffffffffffffffff ffff 00",
        new RequestHeader(ApiKey.InitProducerId, 4, 3, "kcat"),
        new InitProducerIdRequest { TransactionTimeoutMs = -1 });

    [Fact]
    public void It_produces_a_batch()
    {
        const string Batch =
            "0000000000000000 0000003e 00000000 02 5d2e2094 0000 00000000 000001a1f8f2cc2d 000001a1f8f2cc2d"
            + "0000000000001267 0000 00000000 00000001"
            + "18 00 00 00 02 6b 0a 68656c6c6f 00";
        Fixture.CheckFrame(
            "00000077 0000 0007 00000004 0004 6b636174 ffff ffff 00007530 00000001 0005 6c696e6573 00000001 00000000 0000004a" + Batch,
            new RequestHeader(ApiKey.Produce, 7, 4, "kcat"),
            new ProduceRequest
            {
                Acks = -1,
                TimeoutMs = 30000,
                TopicData = [new() { Name = "lines", PartitionData = [new() { Index = 0, Records = Fixture.Records(Batch) }] }],
            });
    }

    [Fact]
    public void It_asks_for_the_earliest_offset() => Fixture.CheckFrame(
        "0000002e 0002 0002 00000004 0004 6b636174 ffffffff 01 00000001 0005 6c696e6573 00000001 00000000 fffffffffffffffe",
        new RequestHeader(ApiKey.ListOffsets, 2, 4, "kcat"),
        new ListOffsetsRequest
        {
            ReplicaId = -1,
            IsolationLevel = 1,
            Topics = [new() { Name = "lines", Partitions = [new() { PartitionIndex = 0, Timestamp = -2 }] }],
        });

    [Fact]
    public void It_fetches_outside_a_session() => Fixture.CheckFrame(
        "00000058 0001 000b 00000005 0004 6b636174 ffffffff 00000064 00000001 03200000 01 00000000 ffffffff"
        + "00000001 0005 6c696e6573 00000001 00000000 ffffffff 0000000000000000 ffffffffffffffff 00100000 00000000 0000",
        new RequestHeader(ApiKey.Fetch, 11, 5, "kcat"),
        new FetchRequest
        {
            MaxWaitMs = 100,
            MinBytes = 1,
            MaxBytes = 52428800,
            IsolationLevel = 1,
            Topics = [new() { Topic = "lines", Partitions = [new() { Partition = 0, FetchOffset = 0, PartitionMaxBytes = 1048576 }] }],
        });
}
