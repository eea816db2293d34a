using GrainStream.Gateway.Tests.Connections;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;
using static GrainStream.Gateway.Tests.Handlers.RecordCalls;

namespace GrainStream.Gateway.Tests.Handlers;

public sealed class ProduceTests
{
    [Fact]
    public async Task A_batch_is_appended_and_fetched_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid id = await broker.CreateTopicAsync("orders");
        for (short version = 3; version <= 13; version++)
        {
            ProduceResponse response = await broker.Client.CallAsync<ProduceRequest, ProduceResponse>(
                version, ProduceRequest("orders", id, 0, Batch($"v{version}")));
            ProduceResponse.PartitionProduceResponse answer = Assert.Single(Assert.Single(response.Responses).PartitionResponses);
            Assert.Equal((ErrorCode.None, version - 3), (answer.ErrorCode, answer.BaseOffset));
        }

        for (short version = 4; version <= 18; version++)
        {
            FetchRequest request = FetchRequest("orders", 3);
            request.Topics[0].TopicId = id;
            FetchResponse response = await broker.Client.CallAsync<FetchRequest, FetchResponse>(version, request);
            FetchResponse.PartitionData data = Assert.Single(Assert.Single(response.Responses).Partitions);
            Assert.Equal((ErrorCode.None, 11L), (data.ErrorCode, data.HighWatermark));
            Assert.Equal(Enumerable.Range(3, 8).Select(offset => $"{offset}:v{offset + 3}"), Values(data));
        }
    }

    [Fact]
    public async Task A_batch_with_a_wrong_checksum_is_refused_and_nothing_is_appended()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        byte[] batch = Batch("a");
        batch[^1] ^= 1;
        ProduceResponse.PartitionProduceResponse answer = await broker.Client.ProduceAsync("orders", batch);
        Assert.Equal(ErrorCode.CorruptMessage, answer.ErrorCode);
        Assert.NotEmpty(answer.ErrorMessage!);
        Assert.Equal(0, (await broker.Client.ProduceAsync("orders", Batch("b"))).BaseOffset);
    }

    [Fact]
    public async Task A_batch_above_the_topics_limit_is_too_large()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders", 1, ("max.message.bytes", "500"));
        Assert.Equal(ErrorCode.MessageTooLarge, (await broker.Client.ProduceAsync("orders", Batch(new string('x', 500)))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await broker.Client.ProduceAsync("orders", Batch(new string('x', 400)))).ErrorCode);
    }

    [Fact]
    public async Task Unknown_topics_and_partitions_are_told_by_name_and_by_id()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.Client.ProduceAsync("none", Batch("a"))).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.Client.ProduceAsync("orders", Batch("a"), partition: 1)).ErrorCode);
        ProduceResponse byId = await broker.Client.CallAsync<ProduceRequest, ProduceResponse>(
            13, ProduceRequest("", Guid.NewGuid(), 0, Batch("a")));
        Assert.Equal(ErrorCode.UnknownTopicId, byId.Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task The_brokers_own_topic_is_unknown_to_producers_and_consumers()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.Client.ProduceAsync("__grainstream_catalog", Batch("a"))).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.Client.FetchAsync("__grainstream_catalog", 0)).ErrorCode);
    }

    [Fact]
    public async Task Sequences_are_checked_and_repeats_are_answered_with_the_first_offset()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        Assert.Equal(0, (await SendAsync(epoch: 1, sequence: 0)).BaseOffset);
        Assert.Equal(1, (await SendAsync(epoch: 1, sequence: 1)).BaseOffset);
        ProduceResponse.PartitionProduceResponse repeated = await SendAsync(epoch: 1, sequence: 0);
        Assert.Equal((ErrorCode.None, 0L), (repeated.ErrorCode, repeated.BaseOffset));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await SendAsync(epoch: 1, sequence: 5)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await SendAsync(epoch: 0, sequence: 2)).ErrorCode);
        Assert.Equal(2, (await SendAsync(epoch: 1, sequence: 2)).BaseOffset);

        Task<ProduceResponse.PartitionProduceResponse> SendAsync(short epoch, int sequence) =>
            broker.Client.ProduceAsync("orders", Batch(batch => batch.SetProducer(7, epoch, sequence), "a"));
    }

    [Fact]
    public async Task Acks_that_mean_nothing_are_refused()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        Assert.Equal(ErrorCode.InvalidRequiredAcks, (await broker.Client.ProduceAsync("orders", Batch("a"), acks: 2)).ErrorCode);
    }

    [Fact]
    public async Task A_transactional_producer_is_refused_with_a_message()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        ProduceRequest request = ProduceRequest("orders", Guid.Empty, 0, Batch("a"));
        request.TransactionalId = "tx";
        ProduceResponse response = await broker.Client.CallAsync<ProduceRequest, ProduceResponse>(9, request);
        Assert.Equal(ErrorCode.InvalidRequest, response.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Contains("transaction", response.Responses[0].PartitionResponses[0].ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_acks_there_is_no_answer_and_an_error_closes_the_connection()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        await broker.Client.SendAsync(TestClient.Frame(ApiKey.Produce, 9, 100, ProduceRequest("orders", Guid.Empty, 0, Batch("a"), acks: 0)));

        // The next answer on the connection is the next request's, and finds the record appended before it.
        Assert.Equal(1, (await broker.Client.ProduceAsync("orders", Batch("b"))).BaseOffset);
        await broker.Client.SendAsync(TestClient.Frame(ApiKey.Produce, 9, 101, ProduceRequest("none", Guid.Empty, 0, Batch("a"), acks: 0)));
        Assert.True(await broker.Client.IsClosedAsync());
    }

    [Fact]
    public async Task Garbage_in_place_of_records_is_refused_and_harms_nobody()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        byte[] two = [.. Batch("a"), .. Batch("b")];
        Assert.NotEqual(ErrorCode.None, (await broker.Client.ProduceAsync("orders", [])).ErrorCode);
        Assert.NotEqual(ErrorCode.None, (await broker.Client.ProduceAsync("orders", new byte[40])).ErrorCode);
        Assert.NotEqual(ErrorCode.None, (await broker.Client.ProduceAsync("orders", new byte[4000])).ErrorCode);
        Assert.NotEqual(ErrorCode.None, (await broker.Client.ProduceAsync("orders", two)).ErrorCode);
        Assert.NotEqual(ErrorCode.None, (await broker.Client.ProduceAsync("orders", Batch("a")[..^3])).ErrorCode);
        Assert.Equal(0, (await broker.Client.ProduceAsync("orders", Batch("c"))).BaseOffset);
    }

    [Fact]
    public async Task Zstd_is_refused_from_clients_too_old_to_read_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        byte[] zstd = Batch("a");
        RecordBatchHeader.TryRead(zstd, out RecordBatchHeader header);
        header = header with { Attributes = (short)CompressionType.Zstd };
        header.WithCrcOf(zstd.AsSpan(RecordBatchHeader.Size)).Write(zstd);
        Assert.Equal(ErrorCode.UnsupportedCompressionType, (await broker.Client.ProduceAsync("orders", zstd, version: 6)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await broker.Client.ProduceAsync("orders", zstd, version: 7)).ErrorCode);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Lz4)]
    public async Task A_compacted_topic_refuses_records_without_a_key(CompressionType codec)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("table", 1, ("cleanup.policy", "compact"));
        using RecordBatchBuilder builder = new(codec);
        builder.Append(1, "key"u8, "value"u8);
        Assert.Equal(ErrorCode.None, (await broker.Client.ProduceAsync("table", builder.Build().ToArray())).ErrorCode);
        builder.Append(1, NullableBytes.Null, "value"u8);
        ProduceResponse.PartitionProduceResponse refused = await broker.Client.ProduceAsync("table", builder.Build().ToArray());
        Assert.Equal(ErrorCode.InvalidRecord, refused.ErrorCode);
        Assert.Contains("record 1 of the batch", refused.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_append_time_is_stamped_and_reported()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders", 1, ("message.timestamp.type", "LogAppendTime"));
        ProduceResponse.PartitionProduceResponse answer = await broker.Client.ProduceAsync("orders", Batch("a"));
        FetchResponse.PartitionData data = await broker.Client.FetchAsync("orders", 0);
        Assert.True(RecordBatchHeader.TryRead(data.Records.Bytes, out RecordBatchHeader header));
        Assert.True(header.IsLogAppendTime);
        Assert.Equal(answer.LogAppendTimeMs, header.MaxTimestamp);
        Assert.Equal(["0:a"], Values(data));
    }
}
