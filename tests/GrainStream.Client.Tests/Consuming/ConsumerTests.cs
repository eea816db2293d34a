using GrainStream.Client.Consuming;
using GrainStream.Client.Errors;
using GrainStream.Client.Producing;
using GrainStream.Protocol;
using GrainStream.TestKit;

namespace GrainStream.Client.Tests.Consuming;

public sealed class ConsumerTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private KafkaClient Client => fixture.Cluster.Client;

    [Fact]
    public async Task Reading_begins_where_it_is_told_to()
    {
        TopicPartition partition = new("starts", 0);
        await fixture.Cluster.CreateTopicAsync("starts");
        await using (Producer producer = Client.CreateProducer())
        {
            for (int i = 0; i < 10; i++)
            {
                await producer.ProduceAsync(Records.Of("starts", $"{i}") with { Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(1000 * i) });
            }
        }

        Assert.Equal("0", await FirstAsync(StartPosition.Beginning));
        Assert.Equal("4", await FirstAsync(StartPosition.At(4)));
        Assert.Equal("7", await FirstAsync(StartPosition.At(DateTimeOffset.FromUnixTimeMilliseconds(6500))));

        await using Consumer atEnd = Client.CreateConsumer();
        await atEnd.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.End });
        Assert.Equal(10, atEnd.PositionOf(partition));
        await atEnd.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.At(DateTimeOffset.FromUnixTimeMilliseconds(50_000)) });
        Assert.Equal(10, atEnd.PositionOf(partition));

        async Task<string?> FirstAsync(StartPosition start)
        {
            await using Consumer consumer = Client.CreateConsumer();
            await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = start });
            return (await Records.TakeAsync(consumer, 1))[0].ValueText;
        }
    }

    [Fact]
    public async Task A_consumer_at_the_end_gets_what_is_written_then()
    {
        TopicPartition partition = new("tail", 0);
        await fixture.Cluster.CreateTopicAsync("tail");
        await Records.ProduceAsync(Client, "tail", "old");
        await using Consumer consumer = Client.CreateConsumer();
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.End });
        Task<List<ConsumedRecord>> taking = Records.TakeAsync(consumer, 1);
        await Records.ProduceAsync(Client, "tail", "new");
        Assert.Equal("new", (await Eventually.CompletesAsync("the new record has come", taking))[0].ValueText);
        Assert.Equal(2, consumer.PositionOf(partition));
    }

    [Fact]
    public async Task A_poll_returns_at_most_as_many_records_as_asked_and_the_position_follows()
    {
        TopicPartition partition = new("pieces", 0);
        await fixture.Cluster.CreateTopicAsync("pieces");
        await Records.ProduceAsync(Client, "pieces", Enumerable.Range(0, 10).Select(i => $"{i}"));
        await using Consumer consumer = Client.CreateConsumer();
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.Beginning });
        List<string?> values = [];
        while (values.Count < 10)
        {
            IReadOnlyList<ConsumedRecord> records = await consumer.PollAsync(Eventually.Limit, maxRecords: 3);
            Assert.InRange(records.Count, 1, 3);
            values.AddRange(records.Select(record => record.ValueText));
            Assert.Equal(values.Count, consumer.PositionOf(partition));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), values);
        Assert.Empty(await consumer.PollAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task An_offset_beyond_the_end_goes_back_to_the_earliest_or_fails_as_set()
    {
        TopicPartition partition = new("beyond", 0);
        await fixture.Cluster.CreateTopicAsync("beyond");
        await Records.ProduceAsync(Client, "beyond", "first");
        await using (Consumer consumer = Client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Earliest }))
        {
            await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.At(100) });
            Assert.Equal("first", (await Records.TakeAsync(consumer, 1))[0].ValueText);
        }

        await using Consumer strict = Client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Fail });
        await strict.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.At(100) });
        KafkaErrorException e = await Assert.ThrowsAsync<KafkaErrorException>(() => strict.PollAsync(Eventually.Limit));
        Assert.Equal(ErrorCode.OffsetOutOfRange, e.Error);
        Assert.Contains("beyond-0 at offset 100", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_assigned_anew_is_read_from_its_new_start_alone()
    {
        await fixture.Cluster.CreateTopicAsync("again");
        TopicPartition partition = new("again", 0);
        await Records.ProduceAsync(Client, "again", "a", "b", "c");
        await using Consumer consumer = Client.CreateConsumer();
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.Beginning });
        Assert.Single(await consumer.PollAsync(Eventually.Limit, maxRecords: 1));
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.At(2) });
        Assert.Equal(["c"], (await Records.TakeAsync(consumer, 1)).Select(record => record.ValueText));
    }

    [Fact]
    public async Task A_slow_application_is_not_read_ahead_of_without_bound()
    {
        await fixture.Cluster.CreateTopicAsync("slow");
        TopicPartition partition = new("slow", 0);
        await using (Producer producer = Client.CreateProducer(new ProducerOptions { BatchBytes = 1000 }))
        {
            for (int i = 0; i < 100; i++)
            {
                await producer.EnqueueAsync(Records.Of("slow", new string('x', 900)));
            }

            await producer.FlushAsync();
        }

        await using Consumer consumer = Client.CreateConsumer(new ConsumerOptions { PartitionMaxBytes = 1000, ReadAhead = 2 });
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [partition] = StartPosition.Beginning });
        Assert.Equal(100, (await Records.TakeAsync(consumer, 100)).Count);
    }

    [Fact]
    public async Task A_cancelled_poll_ends_at_once()
    {
        await fixture.Cluster.CreateTopicAsync("quiet");
        await using Consumer consumer = Client.CreateConsumer();
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [new("quiet", 0)] = StartPosition.Beginning });
        using CancellationTokenSource cancellation = new();
        Task<IReadOnlyList<ConsumedRecord>> poll = consumer.PollAsync(Eventually.Limit * 2, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.CompletesAsync("the poll has ended", poll));
    }
}
