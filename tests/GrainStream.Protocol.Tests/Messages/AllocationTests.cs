using System.Buffers;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>What the hot messages cost in memory: objects for topics and partitions, nothing for fields.</summary>
public class AllocationTests
{
    private const int Partitions = 10;
    private const int Rounds = 100;

    [Fact]
    public void Reading_a_produce_request_allocates_only_its_objects()
    {
        var request = new ProduceRequest
        {
            TransactionalId = "a transactional id",
            TopicData = [new() { Name = "a-topic-name", PartitionData = [.. Enumerable.Range(0, Partitions).Select(NewPartition)] }],
        };
        var bytes = new ReadOnlySequence<byte>(WriterOutput.Of(request, 9));

        long perRound = Measure(() =>
        {
            var reader = new KafkaReader(bytes);
            ProduceRequest.Read(ref reader, 9);
        });

        // Request, topic and two arrays with headers come to under 300; a partition with its reference, index and borrowed records to 72.
        Assert.InRange(perRound, 1, 300 + (Partitions * 72));

        static ProduceRequest.PartitionProduceData NewPartition(int index) =>
            new() { Index = index, Records = Fixture.Records("00010203") };
    }

    [Fact]
    public void Writing_a_fetch_response_allocates_nothing()
    {
        var payload = new BytesPayload(new byte[100_000]);
        var response = new FetchResponse
        {
            Responses =
            [
                new()
                {
                    TopicId = Guid.NewGuid(),
                    Partitions = [.. Enumerable.Range(0, Partitions).Select(NewPartition)],
                },
            ],
        };
        using var writer = new KafkaWriter();

        Assert.Equal(0, Measure(() =>
        {
            writer.Reset();
            response.Write(writer, 17);
        }));
        Assert.Equal(Partitions, writer.Splices.Length);

        FetchResponse.PartitionData NewPartition(int index) => new() { PartitionIndex = index, Records = new RecordSet(payload) };
    }

    private static long Measure(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            action();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}
