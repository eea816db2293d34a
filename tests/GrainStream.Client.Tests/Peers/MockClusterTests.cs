using GrainStream.Client.Clusters;
using GrainStream.Client.Consuming;
using GrainStream.Client.Grouping;
using GrainStream.Client.Producing;
using GrainStream.Protocol;
using GrainStream.TestKit;

namespace GrainStream.Client.Tests.Peers;

/// <summary>The client against brokers that are not GrainStream, three of them.</summary>
public sealed class MockClusterTests
{
    private const int Partitions = 6;

    [MockFact]
    public async Task Brokers_and_leaders_are_found()
    {
        using MockCluster mock = new(brokers: 3);
        mock.CreateTopic("spread", Partitions, 3);
        await using KafkaClient client = Connect(mock);
        Assert.Equal(3, (await client.DescribeClusterAsync()).Brokers.Count);
        TopicMetadata? topic = await client.Topics.FindAsync("spread");
        Assert.Equal(Partitions, topic!.Partitions.Count);
        Assert.True(topic.Partitions.Select(partition => partition.Leader).Distinct().Count() > 1, "leaders are spread over the brokers");
    }

    [MockFact]
    public async Task Records_go_to_all_leaders_and_come_back()
    {
        using MockCluster mock = new(brokers: 3);
        mock.CreateTopic("spread", Partitions, 3);
        await using KafkaClient client = Connect(mock);
        Assert.Equal(Numbers(500), await RoundTripAsync(client, 500));
    }

    [MockFact]
    public async Task Errors_that_pass_lose_and_double_nothing()
    {
        using MockCluster mock = new(brokers: 3);
        mock.CreateTopic("spread", Partitions, 3);
        mock.PushErrors(ApiKey.Produce, ErrorCode.NotLeaderOrFollower, ErrorCode.RequestTimedOut, ErrorCode.NotEnoughReplicas);
        mock.PushErrors(ApiKey.Fetch, ErrorCode.NotLeaderOrFollower, ErrorCode.LeaderNotAvailable);
        mock.PushErrors(ApiKey.ListOffsets, ErrorCode.NotLeaderOrFollower);
        await using KafkaClient client = Connect(mock);
        Assert.Equal(Numbers(300), await RoundTripAsync(client, 300));
    }

    [MockFact]
    public async Task A_leader_that_moves_is_followed()
    {
        using MockCluster mock = new(brokers: 3);
        mock.CreateTopic("moving", 1, 3);
        mock.SetLeader("moving", 0, 1);
        await using KafkaClient client = Connect(mock);
        await using Producer producer = client.CreateProducer();
        await using Consumer consumer = client.CreateConsumer();
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartPosition> { [new("moving", 0)] = StartPosition.Beginning });
        for (int broker = 1; broker <= 3; broker++)
        {
            mock.SetLeader("moving", 0, broker);
            await producer.ProduceAsync(Records.Of("moving", $"{broker}"));
            Assert.Equal($"{broker}", (await Records.TakeAsync(consumer, 1))[0].ValueText);
        }
    }

    [MockFact]
    public async Task Members_of_a_classic_group_share_the_partitions_and_go_on_from_what_was_committed()
    {
        using MockCluster mock = new(brokers: 3);
        mock.CreateTopic("spread", Partitions, 3);
        await using KafkaClient client = Connect(mock);
        await RoundTripAsync(client, 60);
        GroupConsumerOptions options = new("readers", ["spread"]) { SessionTimeout = TimeSpan.FromSeconds(6), HeartbeatInterval = TimeSpan.FromMilliseconds(100) };
        await using (GroupConsumer first = client.CreateGroupConsumer(options))
        {
            HashSet<string> seen = await DrainAsync(first, 60);
            Assert.Equal(60, seen.Count);
            await first.CommitAsync();
            await using GroupConsumer second = client.CreateGroupConsumer(options);
            await ShareAsync(first, second);
            Assert.Equal(Partitions, first.Assignment.Concat(second.Assignment).Distinct().Count());
            Assert.Equal(Partitions, first.Assignment.Count + second.Assignment.Count);
        }

        await using Producer producer = client.CreateProducer();
        await producer.ProduceAsync(Records.Of("spread", "later"));
        await using GroupConsumer third = client.CreateGroupConsumer(options);
        Assert.Equal(["later"], await DrainAsync(third, 1));
    }

    private static KafkaClient Connect(MockCluster mock) => new(new KafkaClientOptions { BootstrapServers = mock.Bootstrap, RetryTimeout = TimeSpan.FromSeconds(20) });

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(number => $"{number}").Order();

    private static async Task<IEnumerable<string>> RoundTripAsync(KafkaClient client, int count)
    {
        await using (Producer producer = client.CreateProducer(new ProducerOptions { BatchBytes = 500 }))
        {
            for (int i = 0; i < count; i++)
            {
                await producer.EnqueueAsync(Records.Of("spread", $"{i}", key: $"{i % 17}"));
            }

            await producer.FlushAsync();
        }

        await using Consumer consumer = client.CreateConsumer();
        await consumer.AssignAsync(Enumerable.Range(0, Partitions).ToDictionary(p => new TopicPartition("spread", p), _ => StartPosition.Beginning));
        return (await Records.TakeAsync(consumer, count)).Select(record => record.ValueText!).Order();
    }

    private static async Task<HashSet<string>> DrainAsync(GroupConsumer member, int count)
    {
        HashSet<string> seen = [];
        using CancellationTokenSource limit = new(Eventually.Limit);
        while (seen.Count < count)
        {
            seen.UnionWith((await member.PollAsync(TimeSpan.FromMilliseconds(200), limit.Token)).Select(record => record.ValueText!));
        }

        return seen;
    }

    private static async Task ShareAsync(GroupConsumer first, GroupConsumer second)
    {
        using CancellationTokenSource limit = new(Eventually.Limit);

        // Each for itself: a poll that joins waits until the other has joined too.
        await Task.WhenAll(new[] { first, second }.Select(async member =>
        {
            while (first.Assignment.Count != Partitions / 2 || second.Assignment.Count != Partitions / 2)
            {
                await member.PollAsync(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }));
    }
}
