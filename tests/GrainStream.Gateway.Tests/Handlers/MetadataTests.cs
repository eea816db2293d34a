using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Tests.Handlers;

public sealed class MetadataTests
{
    [Fact]
    public async Task Null_topics_ask_for_all_and_empty_ones_for_none_but_in_version_0_empty_asks_for_all()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("b");
        await broker.CreateTopicAsync("a", partitions: 3);
        for (short version = 0; version <= 13; version++)
        {
            MetadataResponse all = await CallAsync(broker, version, version == 0 ? [] : null);
            Assert.Equal(["a", "b"], all.Topics.Select(topic => topic.Name));
            Assert.Equal([0, 1, 2], all.Topics[0].Partitions.Select(partition => partition.PartitionIndex));
            if (version > 0)
            {
                Assert.Empty((await CallAsync(broker, version, [])).Topics);
            }
        }
    }

    [Fact]
    public async Task The_one_broker_leads_every_partition_and_is_found_where_the_client_has_reached_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid id = await broker.CreateTopicAsync("orders", partitions: 2);
        MetadataResponse response = await CallAsync(broker, 13, ["orders"]);
        int node = broker.Broker.Identity.NodeId;
        MetadataResponse.MetadataResponseBroker listed = Assert.Single(response.Brokers);
        Assert.Equal((node, "127.0.0.1", broker.Client.RemotePort), (listed.NodeId, listed.Host, listed.Port));
        Assert.Equal((node, broker.Broker.Identity.ClusterId), (response.ControllerId, response.ClusterId));
        MetadataResponse.MetadataResponseTopic topic = Assert.Single(response.Topics);
        Assert.Equal((ErrorCode.None, "orders", id), (topic.ErrorCode, topic.Name, topic.TopicId));
        Assert.All(topic.Partitions, partition =>
        {
            Assert.Equal((ErrorCode.None, node, 0), (partition.ErrorCode, partition.LeaderId, partition.LeaderEpoch));
            Assert.Equal([node], partition.ReplicaNodes);
            Assert.Equal([node], partition.IsrNodes);
            Assert.Empty(partition.OfflineReplicas);
        });
    }

    [Fact]
    public async Task Clients_are_told_the_advertised_address_if_there_is_one()
    {
        await using TestBroker broker = await TestBroker.StartAsync(new GatewayOptions { AdvertisedHost = "broker.example", AdvertisedPort = 19092 });
        MetadataResponse.MetadataResponseBroker listed = Assert.Single((await CallAsync(broker, 12, [])).Brokers);
        Assert.Equal(("broker.example", 19092), (listed.Host, listed.Port));
    }

    [Fact]
    public async Task A_missing_topic_is_created_and_answered_at_once_if_client_and_broker_allow_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync("num.partitions=4");
        MetadataResponse.MetadataResponseTopic created = Assert.Single((await CallAsync(broker, 12, ["new"])).Topics);
        Assert.Equal((ErrorCode.None, "new", 4), (created.ErrorCode, created.Name, created.Partitions.Length));
        Assert.All(created.Partitions, partition => Assert.Equal(ErrorCode.None, partition.ErrorCode));
        MetadataResponse.MetadataResponseTopic again = Assert.Single((await CallAsync(broker, 12, ["new"])).Topics);
        Assert.Equal(created.TopicId, again.TopicId);
    }

    [Fact]
    public async Task A_missing_topic_is_not_created_if_the_client_does_not_want_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        MetadataResponse.MetadataResponseTopic topic = Assert.Single((await CallAsync(broker, 12, ["new"], mayCreate: false)).Topics);
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, "new"), (topic.ErrorCode, topic.Name));
        Assert.Empty((await CallAsync(broker, 12, null)).Topics);
    }

    [Fact]
    public async Task A_missing_topic_is_not_created_if_the_broker_does_not_allow_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync("auto.create.topics.enable=false");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Assert.Single((await CallAsync(broker, 1, ["new"])).Topics).ErrorCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("..")]
    public async Task A_name_that_no_topic_can_have_is_refused(string name)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Assert.Equal(ErrorCode.InvalidTopic, Assert.Single((await CallAsync(broker, 12, [name])).Topics).ErrorCode);
    }

    [Fact]
    public async Task The_brokers_own_names_are_never_created()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        MetadataResponse.MetadataResponseTopic topic = Assert.Single((await CallAsync(broker, 12, ["__consumer_offsets"])).Topics);
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, true), (topic.ErrorCode, topic.IsInternal));
    }

    [Fact]
    public async Task Topics_are_found_by_id_from_version_12_on()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid id = await broker.CreateTopicAsync("orders");
        var unknown = Guid.NewGuid();
        MetadataRequest request = new() { Topics = [new() { TopicId = id }, new() { TopicId = unknown }] };
        MetadataResponse response = await broker.Client.CallAsync<MetadataRequest, MetadataResponse>(12, request);
        Assert.Equal((ErrorCode.None, "orders", id), (response.Topics[0].ErrorCode, response.Topics[0].Name, response.Topics[0].TopicId));
        Assert.Equal((ErrorCode.UnknownTopicId, null, unknown), (response.Topics[1].ErrorCode, response.Topics[1].Name, response.Topics[1].TopicId));
        response = await broker.Client.CallAsync<MetadataRequest, MetadataResponse>(11, request);
        Assert.All(response.Topics, topic => Assert.Equal(ErrorCode.InvalidRequest, topic.ErrorCode));
    }

    [Fact]
    public async Task Operations_are_told_when_asked_for()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        MetadataRequest request = new() { Topics = null, IncludeClusterAuthorizedOperations = true, IncludeTopicAuthorizedOperations = true };
        MetadataResponse response = await broker.Client.CallAsync<MetadataRequest, MetadataResponse>(8, request);
        Assert.Equal((8096, 3576), (response.ClusterAuthorizedOperations, response.Topics[0].TopicAuthorizedOperations));
        response = await CallAsync(broker, 8, null);
        Assert.Equal((int.MinValue, int.MinValue), (response.ClusterAuthorizedOperations, response.Topics[0].TopicAuthorizedOperations));
    }

    private static Task<MetadataResponse> CallAsync(TestBroker broker, short version, string[]? topics, bool mayCreate = true) =>
        broker.Client.CallAsync<MetadataRequest, MetadataResponse>(version, new MetadataRequest
        {
            Topics = topics?.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name }).ToArray(),
            AllowAutoTopicCreation = version < 4 || mayCreate,
        });
}
