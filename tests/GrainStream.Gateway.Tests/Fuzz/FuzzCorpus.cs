using System.Buffers;
using System.Buffers.Binary;
using GrainStream.Gateway.Tests.Connections;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;
using GrainStream.Protocol.Wire;

namespace GrainStream.Gateway.Tests.Fuzz;

/// <summary>
/// Whole request frames for fuzzing to start from, and what it does to them. CreateTopics and CreatePartitions are left out: with a count
/// mutated they
/// ask, quite rightly, for tens of thousands of partitions.
/// </summary>
internal static class FuzzCorpus
{
    private const int LengthBytes = sizeof(int);

    /// <summary>A valid frame of each API at some of its versions, about a topic "fuzz".</summary>
    public static byte[][] Frames() =>
    [
        Frame<ApiVersionsRequest>(0, new()),
        Frame<ApiVersionsRequest>(4, new() { ClientSoftwareName = "fuzz", ClientSoftwareVersion = "1" }),
        Frame<MetadataRequest>(1, new() { Topics = [new() { Name = "fuzz" }] }),
        Frame<MetadataRequest>(12, new() { Topics = [new() { Name = "fuzz" }, new() { TopicId = Guid.NewGuid() }] }),
        Frame<MetadataRequest>(13, new() { Topics = null }),
        Frame<DeleteTopicsRequest>(5, new() { TopicNames = ["other", "topics"] }),
        Frame<DeleteTopicsRequest>(6, new() { Topics = [new() { Name = "other" }, new() { TopicId = Guid.NewGuid() }] }),
        Frame<DescribeConfigsRequest>(1, new() { Resources = [new() { ResourceType = 2, ResourceName = "fuzz", ConfigurationKeys = ["flush.ms"] }] }),
        Frame<DescribeConfigsRequest>(4, new() { Resources = [new() { ResourceType = 4, ResourceName = "1" }], IncludeSynonyms = true }),
        Frame<AlterConfigsRequest>(2, new() { Resources = [new() { ResourceType = 2, ResourceName = "fuzz", Configs = [new() { Name = "flush.ms", Value = "1" }] }] }),
        Frame<IncrementalAlterConfigsRequest>(
            1, new() { Resources = [new() { ResourceType = 2, ResourceName = "fuzz", Configs = [new() { Name = "flush.ms", Value = "1" }] }] }),
        Frame<DescribeClusterRequest>(1, new()),
        Frame<InitProducerIdRequest>(0, new()),
        Frame<InitProducerIdRequest>(4, new() { TransactionalId = "t" }),
        Frame<ProduceRequest>(3, Produce(acks: -1)),
        Frame<ProduceRequest>(9, Produce(acks: 1)),
        Frame<ProduceRequest>(9, Produce(acks: 0)),
        Frame<FetchRequest>(4, Fetch()),
        Frame<FetchRequest>(12, Fetch()),
        Frame<ListOffsetsRequest>(1, new() { Topics = [new() { Name = "fuzz", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] }] }),
        Frame<ListOffsetsRequest>(7, new() { Topics = [new() { Name = "fuzz", Partitions = [new() { PartitionIndex = 0, Timestamp = 5 }] }] }),
        Frame<OffsetForLeaderEpochRequest>(3, new() { Topics = [new() { Topic = "fuzz", Partitions = [new() { Partition = 0, LeaderEpoch = 0 }] }] }),
        Frame<DeleteRecordsRequest>(2, new() { Topics = [new() { Name = "fuzz", Partitions = [new() { PartitionIndex = 0, Offset = 1 }] }] }),
    ];

    /// <summary>
    /// A frame with some bytes changed, cut out or put in. Mostly its length is right, so that what is inside is looked at; sometimes it
    /// is not.
    /// </summary>
    public static byte[] Mutate(byte[] frame, Random random)
    {
        List<byte> bytes = [.. frame];
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > LengthBytes; changes--)
        {
            int position = random.Next(LengthBytes, bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 2:
                    // Lengths and counts: the values that parsers fall over.
                    bytes[position] = (byte)(random.Next(2) == 0 ? 0x7F : 0xFF);
                    break;
                case 3:
                    bytes.RemoveRange(position, random.Next(0, bytes.Count - position));
                    break;
                default:
                    byte[] more = new byte[random.Next(1, 40)];
                    random.NextBytes(more);
                    bytes.InsertRange(position, more);
                    break;
            }
        }

        byte[] mutated = [.. bytes];
        int length = random.Next(20) == 0 ? random.Next() - random.Next() : mutated.Length - LengthBytes;
        BinaryPrimitives.WriteInt32BigEndian(mutated, length);
        return mutated;
    }

    private static byte[] Frame<TRequest>(short version, TRequest request)
        where TRequest : IKafkaRequest<TRequest> => TestClient.Frame(TRequest.Key, version, 1, request);

    private static ProduceRequest Produce(short acks)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(0, NullableBytes.Null, "value"u8);
        return new ProduceRequest
        {
            Acks = acks,
            TopicData = [new() { Name = "fuzz", PartitionData = [new() { Records = new RecordSet(new ReadOnlySequence<byte>(builder.Build().ToArray())) }] }],
        };
    }

    private static FetchRequest Fetch() => new()
    {
        MaxWaitMs = 1,
        MinBytes = 1,
        MaxBytes = 1_000_000,
        Topics = [new() { Topic = "fuzz", Partitions = [new() { Partition = 0, FetchOffset = 0, PartitionMaxBytes = 1_000_000 }] }],
    };
}
