using GrainStream.Client.Errors;
using GrainStream.Client.Grouping;
using GrainStream.Protocol;
using GrainStream.TestKit;

namespace GrainStream.Client.Tests.Grouping;

public sealed class GroupConsumerTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private const int Partitions = 4;

    private KafkaClient Client => fixture.Cluster.Client;

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Members_share_the_partitions_and_take_over_what_another_leaves(GroupProtocol protocol)
    {
        string topic = $"shared-{protocol}";
        await fixture.Cluster.CreateTopicAsync(topic, Partitions);
        GroupConsumerOptions options = OptionsOf(topic, protocol);
        await using GroupConsumer first = Client.CreateGroupConsumer(options);
        await UntilAsync(() => first.Assignment.Count == Partitions, first);
        GroupConsumer second = Client.CreateGroupConsumer(options);
        await UntilAsync(() => first.Assignment.Count == Partitions / 2 && second.Assignment.Count == Partitions / 2, first, second);
        Assert.Empty(first.Assignment.Intersect(second.Assignment));

        GroupDescription? described = await Client.Groups.DescribeAsync(topic);
        Assert.Equal((protocol.ToString().ToLowerInvariant(), 2), (described!.Type, described.Members.Count));
        Assert.Equal(first.Assignment.Union(second.Assignment).Order(), described.Members.SelectMany(member => member.Assignment).Order());

        await second.DisposeAsync();
        await UntilAsync(() => first.Assignment.Count == Partitions, first);
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task A_group_goes_on_where_it_committed(GroupProtocol protocol)
    {
        string topic = $"committed-{protocol}";
        await fixture.Cluster.CreateTopicAsync(topic);
        await Records.ProduceAsync(Client, topic, "1", "2", "3");
        await using (GroupConsumer member = Client.CreateGroupConsumer(OptionsOf(topic, protocol)))
        {
            Assert.Equal("1", Assert.Single(await member.PollAsync(Eventually.Limit, maxRecords: 1)).ValueText);
            await member.CommitAsync();
            Assert.Equal("2", Assert.Single(await member.PollAsync(Eventually.Limit, maxRecords: 1)).ValueText);
        }

        Assert.Equal(1, (await Client.Groups.ListOffsetsAsync(topic))[new(topic, 0)].Offset);
        await using GroupConsumer next = Client.CreateGroupConsumer(OptionsOf(topic, protocol));
        Assert.Equal("2", Assert.Single(await next.PollAsync(Eventually.Limit, maxRecords: 1)).ValueText);
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Callbacks_tell_what_comes_and_goes_and_automatic_commits_keep_the_place(GroupProtocol protocol)
    {
        string topic = $"told-{protocol}";
        await fixture.Cluster.CreateTopicAsync(topic);
        await Records.ProduceAsync(Client, topic, "1", "2");
        List<string> told = [];
        GroupConsumerOptions options = OptionsOf(topic, protocol) with
        {
            AutoCommit = true,
            OnAssigned = partitions => Tell("assigned", partitions),
            OnRevoked = partitions => Tell("revoked", partitions),
        };
        await using (GroupConsumer member = Client.CreateGroupConsumer(options))
        {
            Assert.NotEmpty(await member.PollAsync(Eventually.Limit));
        }

        Assert.Equal([$"assigned {topic}-0", $"revoked {topic}-0"], told);
        Assert.Equal(2, (await Client.Groups.ListOffsetsAsync(topic))[new(topic, 0)].Offset);

        Task Tell(string what, IReadOnlyList<TopicPartition> partitions)
        {
            told.Add($"{what} {string.Join(' ', partitions)}");
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Offsets_of_a_group_are_set_while_it_has_no_members_and_it_can_be_deleted_then()
    {
        await fixture.Cluster.CreateTopicAsync("admin");
        await Records.ProduceAsync(Client, "admin", "1", "2", "3");
        await using (GroupConsumer member = Client.CreateGroupConsumer(OptionsOf("admin", GroupProtocol.Classic)))
        {
            await member.PollAsync(Eventually.Limit);
            KafkaErrorException refused = await Assert.ThrowsAsync<KafkaErrorException>(
                () => Client.Groups.AlterOffsetsAsync("admin", new Dictionary<TopicPartition, CommittedOffset> { [new("admin", 0)] = new(1) }));
            Assert.Equal(ErrorCode.NonEmptyGroup, refused.Error);
            Assert.Equal(ErrorCode.NonEmptyGroup, (await Assert.ThrowsAsync<KafkaErrorException>(() => Client.Groups.DeleteAsync("admin"))).Error);
        }

        await Client.Groups.AlterOffsetsAsync("admin", new Dictionary<TopicPartition, CommittedOffset> { [new("admin", 0)] = new(1, Metadata: "by hand") });
        Assert.Equal(new CommittedOffset(1, Metadata: "by hand"), (await Client.Groups.ListOffsetsAsync("admin"))[new("admin", 0)]);
        Assert.Contains(await Client.Groups.ListAsync(), group => group is { Id: "admin", State: "Empty" });
        await Client.Groups.DeleteAsync("admin");
        Assert.Null(await Client.Groups.DescribeAsync("admin"));
        Assert.Equal(ErrorCode.GroupIdNotFound, (await Assert.ThrowsAsync<KafkaErrorException>(() => Client.Groups.DeleteAsync("admin"))).Error);
    }

    private static GroupConsumerOptions OptionsOf(string topic, GroupProtocol protocol) => new(topic, [topic])
    {
        Protocol = protocol,
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        SessionTimeout = TimeSpan.FromSeconds(10),
    };

    private static async Task UntilAsync(Func<bool> condition, params GroupConsumer[] members)
    {
        using CancellationTokenSource limit = new(Eventually.Limit);

        // Each for itself: a poll that joins waits until the others have joined too.
        await Task.WhenAll(members.Select(async member =>
        {
            while (!condition())
            {
                await member.PollAsync(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }));
    }
}
