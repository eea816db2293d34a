using System.Buffers;
using BenchmarkDotNet.Attributes;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Benchmarks;

/// <summary>
/// What it takes to read and write the messages on the path of records: a produce request of one partition with a batch of 1 KiB records, in
/// blocks as the gateway receives them, and its response. The cost does not depend on the number of records.
/// </summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private const short Version = 12;
    private readonly KafkaWriter _writer = new();
    private ReadOnlySequence<byte> _request;
    private ProduceResponse _response = null!;

    [Params(1, 1_000)]
    public int Records { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var request = new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData =
            [
                new()
                {
                    Name = "orders",
                    PartitionData = [new() { Index = 3, Records = new ReadOnlySequence<byte>(SampleBatches.Create(Records, 1 << 10)) }],
                },
            ],
        };
        using var writer = new KafkaWriter();
        request.Write(writer, Version);
        _request = Segments.Of(writer.WrittenSpan.ToArray(), 64 << 10);
        _response = new ProduceResponse
        {
            Responses = [new() { Name = "orders", PartitionResponses = [new() { Index = 3, BaseOffset = 1_000_000 }] }],
        };
    }

    [GlobalCleanup]
    public void CleanUp() => _writer.Dispose();

    [Benchmark]
    public ProduceRequest ReadProduceRequest()
    {
        var reader = new KafkaReader(_request);
        return ProduceRequest.Read(ref reader, Version);
    }

    [Benchmark]
    public int WriteProduceResponse()
    {
        _writer.Reset();
        _response.Write(_writer, Version);
        return _writer.TotalLength;
    }
}
