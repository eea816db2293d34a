using System.Text;
using GrainStream.Client.Consuming;
using GrainStream.Client.Errors;
using GrainStream.Client.Producing;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Client.Tests.Producing;

public sealed class ProducerTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private KafkaClient Client => fixture.Cluster.Client;

    [Fact]
    public async Task A_record_comes_back_as_it_was_sent()
    {
        await fixture.Cluster.CreateTopicAsync("as-sent");
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        await using Producer producer = Client.CreateProducer();
        Delivery delivery = await producer.ProduceAsync(new OutgoingRecord("as-sent")
        {
            Key = "k"u8.ToArray(),
            Value = ReadOnlyMemory<byte>.Empty,
            Timestamp = time,
            Headers = [new MessageHeader("trace", "4711"u8.ToArray()), new MessageHeader("none", null)],
        });
        Delivery tombstone = await producer.ProduceAsync(new OutgoingRecord("as-sent") { Key = "k"u8.ToArray() });

        await using Consumer consumer = Client.CreateConsumer();
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [new("as-sent", 0)] = StartPosition.Beginning });
        List<ConsumedRecord> records = await Records.TakeAsync(consumer, 2);

        Assert.Equal((0L, 1L), (delivery.Offset, tombstone.Offset));
        Assert.Equal(("k", "", time.ToUnixTimeMilliseconds()), (records[0].KeyText, records[0].ValueText, records[0].TimestampMs));
        Assert.Equal("4711", Encoding.UTF8.GetString(records[0].Headers[0].Value!.Value.Span));
        Assert.Equal(("none", null), (records[0].Headers[1].Key, records[0].Headers[1].Value));
        Assert.Null(records[1].Value);
        Assert.Empty(records[1].Headers);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Many_records_arrive_in_order_under_any_compression(CompressionType compression)
    {
        string topic = $"many-{compression}";
        await fixture.Cluster.CreateTopicAsync(topic, partitions: 3);
        if (!RecordCodec.IsSupported(compression))
        {
            Assert.Throws<NotSupportedException>(() => Client.CreateProducer(new ProducerOptions { Compression = compression }));
            return;
        }

        const int Count = 3000;
        await using (Producer producer = Client.CreateProducer(new ProducerOptions { Compression = compression, BatchBytes = 4000 }))
        {
            for (int i = 0; i < Count; i++)
            {
                await producer.EnqueueAsync(Records.Of(topic, $"value {i}", key: $"key {i % 100}"));
            }

            await producer.FlushAsync();
        }

        await using Consumer consumer = Client.CreateConsumer();
        await consumer.AssignAsync(Enumerable.Range(0, 3).ToDictionary(p => new TopicPartition(topic, p), _ => StartPosition.Beginning));
        List<ConsumedRecord> records = await Records.TakeAsync(consumer, Count);

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"value {i}").Order(), records.Select(record => record.ValueText!).Order());
        Assert.All(records.GroupBy(record => record.KeyText), key =>
        {
            Assert.Single(key.Select(record => record.Partition).Distinct());
            int[] numbers = [.. key.Select(record => int.Parse(record.ValueText!.AsSpan(6), System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Equal(numbers.Order(), numbers);
        });
    }

    [Theory]
    [InlineData(Acks.None)]
    [InlineData(Acks.Leader)]
    public async Task Fewer_acknowledgements_can_be_asked_for(Acks acks)
    {
        string topic = $"acks-{acks}";
        await fixture.Cluster.CreateTopicAsync(topic);
        await using Producer producer = Client.CreateProducer(new ProducerOptions { Acks = acks });
        Delivery delivery = await producer.ProduceAsync(Records.Of(topic, "v"));
        Assert.Equal(acks == Acks.None ? -1 : 0, delivery.Offset);

        await using Consumer consumer = Client.CreateConsumer();
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [new(topic, 0)] = StartPosition.Beginning });
        Assert.Equal("v", (await Records.TakeAsync(consumer, 1))[0].ValueText);
    }

    [Fact]
    public async Task A_record_that_is_too_large_fails_and_the_next_one_does_not()
    {
        await fixture.Cluster.CreateTopicAsync("small", 1, ("max.message.bytes", "1000"));
        await using Producer producer = Client.CreateProducer();
        KafkaErrorException e = await Assert.ThrowsAsync<KafkaErrorException>(() => producer.ProduceAsync(Records.Of("small", new string('x', 2000))));
        Assert.Equal(ErrorCode.MessageTooLarge, e.Error);
        Assert.Contains("MESSAGE_TOO_LARGE", e.Message, StringComparison.Ordinal);
        Assert.Contains("small-0", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await producer.ProduceAsync(Records.Of("small", "x"))).Offset);
        Assert.Equal(1, (await producer.ProduceAsync(Records.Of("small", "y"))).Offset);
    }

    [Fact]
    public async Task A_failure_that_nobody_asked_about_is_thrown_by_the_flush()
    {
        await fixture.Cluster.CreateTopicAsync("unheard", 1, ("max.message.bytes", "1000"));
        await using Producer producer = Client.CreateProducer();
        await producer.EnqueueAsync(Records.Of("unheard", new string('x', 2000)));
        await Assert.ThrowsAsync<KafkaErrorException>(() => producer.FlushAsync());
        await producer.FlushAsync();
    }

    [Fact]
    public async Task Producing_waits_when_the_buffer_is_full()
    {
        await fixture.Cluster.CreateTopicAsync("full");
        await using Producer producer = Client.CreateProducer(new ProducerOptions { BufferBytes = 10_000, BatchBytes = 2000, Linger = TimeSpan.Zero });
        for (int i = 0; i < 200; i++)
        {
            await producer.EnqueueAsync(Records.Of("full", new string('x', 1000)));
        }

        await producer.FlushAsync();
        Assert.Equal(200, (await Client.Offsets.ListAsync([new("full", 0)], GrainStream.Client.Administration.OffsetSpec.Latest))[new("full", 0)]);
        await Assert.ThrowsAsync<ArgumentException>(async () => await producer.EnqueueAsync(Records.Of("full", new string('x', 20_000))));
    }

    [Fact]
    public async Task Records_without_a_key_are_spread_over_the_partitions_a_batch_each()
    {
        await fixture.Cluster.CreateTopicAsync("keyless", partitions: 3);
        await using Producer producer = Client.CreateProducer(new ProducerOptions { BatchBytes = 2000, Linger = TimeSpan.FromSeconds(5) });
        for (int i = 0; i < 2000; i++)
        {
            await producer.EnqueueAsync(Records.Of("keyless", $"{i}"));
        }

        await producer.FlushAsync();
        TopicPartition[] partitions = [new("keyless", 0), new("keyless", 1), new("keyless", 2)];
        IReadOnlyDictionary<TopicPartition, long> ends = await Client.Offsets.ListAsync(partitions, GrainStream.Client.Administration.OffsetSpec.Latest);
        Assert.Equal(2000, ends.Values.Sum());
        Assert.All(ends.Values, end => Assert.True(end > 0, "every partition has some"));
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_named_in_the_error()
    {
        await using KafkaClient impatient = fixture.Cluster.NewClient(options => options with { RetryTimeout = TimeSpan.Zero });
        await using Producer producer = impatient.CreateProducer();
        KafkaErrorException e = await Assert.ThrowsAsync<KafkaErrorException>(() => producer.ProduceAsync(Records.Of("missing", "v")));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, e.Error);
        Assert.Contains("Topic missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_that_is_not_there_is_refused()
    {
        await fixture.Cluster.CreateTopicAsync("narrow", partitions: 2);
        await using Producer producer = Client.CreateProducer();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => producer.ProduceAsync(Records.Of("narrow", "v", partition: 2)));
    }

    // Values of Kafka's own tests (org.apache.kafka.common.utils.UtilsTest).
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Keys_are_hashed_as_by_Java_clients(string key, int hash) =>
        Assert.Equal(hash, (int)Murmur2.Hash(Encoding.UTF8.GetBytes(key)));
}
