using System.Buffers;
using System.Text;
using GrainStream.Gateway.Tests.Connections;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;

namespace GrainStream.Gateway.Tests.Handlers;

/// <summary>Produce and fetch requests of one partition, and what they carry.</summary>
internal static class RecordCalls
{
    public static byte[] Batch(params string[] values) => Batch(static _ => { }, values);

    public static byte[] Batch(Action<RecordBatchBuilder> prepare, params string[] values)
    {
        using var builder = new RecordBatchBuilder();
        prepare(builder);
        foreach (string value in values)
        {
            builder.Append(1_000, NullableBytes.Null, Encoding.UTF8.GetBytes(value));
        }

        return builder.Build().ToArray();
    }

    public static ProduceRequest ProduceRequest(string topic, Guid topicId, int partition, byte[] records, short acks = -1) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData =
        [
            new()
            {
                Name = topic,
                TopicId = topicId,
                PartitionData = [new() { Index = partition, Records = new ReadOnlySequence<byte>(records) }],
            },
        ],
    };

    public static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(
        this TestClient client, string topic, byte[] records, int partition = 0, short acks = -1, short version = 12)
    {
        ProduceResponse response = await client.CallAsync<ProduceRequest, ProduceResponse>(
            version, ProduceRequest(topic, Guid.Empty, partition, records, acks));
        return Assert.Single(Assert.Single(response.Responses).PartitionResponses);
    }

    public static FetchRequest FetchRequest(string topic, long offset, int maxBytes = 1_000_000, int minBytes = 0, int maxWaitMs = 0, int partition = 0) =>
        new()
        {
            MinBytes = minBytes,
            MaxWaitMs = maxWaitMs,
            MaxBytes = maxBytes,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = maxBytes }] }],
        };

    public static async Task<FetchResponse.PartitionData> FetchAsync(
        this TestClient client, string topic, long offset, int maxBytes = 1_000_000, int partition = 0, short version = 12)
    {
        FetchResponse response = await client.CallAsync<FetchRequest, FetchResponse>(
            version, FetchRequest(topic, offset, maxBytes, partition: partition));
        return Assert.Single(Assert.Single(response.Responses).Partitions);
    }

    /// <summary>"offset:value" of each record.</summary>
    public static string[] Values(FetchResponse.PartitionData partition)
    {
        ReadOnlySpan<byte> batches = partition.Records.Bytes.ToArray();
        var values = new List<string>();
        while (!batches.IsEmpty)
        {
            Assert.True(RecordBatchHeader.TryRead(batches, out RecordBatchHeader header));
            Assert.Equal(header.Crc, Crc32C.Compute(batches[RecordBatchHeader.CrcCoverageStart..header.TotalSize]));
            var reader = new RecordReader(header, batches[RecordBatchHeader.Size..header.TotalSize]);
            while (reader.TryRead(out Protocol.Records.Record record))
            {
                values.Add($"{record.Offset}:{Encoding.UTF8.GetString(record.Value.Bytes)}");
            }

            batches = batches[header.TotalSize..];
        }

        return [.. values];
    }
}
