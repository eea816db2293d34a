using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Tests.Handlers;

public sealed class TopicTests
{
    [Fact]
    public async Task A_topic_is_created_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        for (short version = 2; version <= 7; version++)
        {
            CreateTopicsResponse.CreatableTopicResult created = Assert.Single((await CreateAsync(broker, version, false, Topic($"topic-{version}", 2))).Topics);
            Assert.Equal(($"topic-{version}", ErrorCode.None), (created.Name, created.ErrorCode));
            Assert.Equal(version >= 5 ? (2, 1) : (-1, -1), (created.NumPartitions, created.ReplicationFactor));
            Assert.Equal(version >= 5, created.Configs!.Length > 0);
            Assert.Equal(version >= 7, created.TopicId != Guid.Empty);
            Assert.Equal(ErrorCode.None, broker.Broker.FindPartition(created.Name, 1, out _));
        }
    }

    [Fact]
    public async Task Each_topic_of_a_request_is_refused_on_its_own_with_a_message()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("there");
        CreateTopicsResponse response = await CreateAsync(
            broker,
            7,
            false,
            Topic("there"),
            Topic("fine"),
            Topic("twice"),
            Topic("a b"),
            Topic("twice"),
            Topic("many", replicas: 3),
            Topic("none", 0),
            Topic("config", 1, 1, ("compression.type", "gzip")),
            Topic("unknown", 1, 1, ("no.such", "1")));
        Dictionary<string, CreateTopicsResponse.CreatableTopicResult> results = response.Topics.ToDictionary(topic => topic.Name);
        Assert.Equal(8, results.Count);
        Assert.Equal(ErrorCode.TopicAlreadyExists, results["there"].ErrorCode);
        Assert.Equal(ErrorCode.None, results["fine"].ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, results["twice"].ErrorCode);
        Assert.Equal(ErrorCode.InvalidTopic, results["a b"].ErrorCode);
        Assert.Equal(ErrorCode.InvalidReplicationFactor, results["many"].ErrorCode);
        Assert.Equal(ErrorCode.InvalidPartitions, results["none"].ErrorCode);
        Assert.Equal(ErrorCode.InvalidConfig, results["config"].ErrorCode);
        Assert.Equal(ErrorCode.InvalidConfig, results["unknown"].ErrorCode);
        Assert.All(results.Values.Where(result => result.ErrorCode != ErrorCode.None), result => Assert.NotEmpty(result.ErrorMessage!));
        Assert.False(broker.Broker.Topics.Catalog.TryFind("twice", out _));
    }

    [Fact]
    public async Task Validating_a_creation_changes_nothing()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        CreateTopicsResponse.CreatableTopicResult created = Assert.Single((await CreateAsync(broker, 7, true, Topic("new", 3))).Topics);
        Assert.Equal((ErrorCode.None, 3, Guid.Empty), (created.ErrorCode, created.NumPartitions, created.TopicId));
        Assert.Equal(ErrorCode.InvalidTopic, Assert.Single((await CreateAsync(broker, 7, true, Topic("a b"))).Topics).ErrorCode);
        Assert.Empty(broker.Broker.Topics.Catalog.All);
    }

    [Fact]
    public async Task A_created_topics_settings_are_told_with_their_source()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        CreateTopicsResponse.CreatableTopicResult created = Assert.Single(
            (await CreateAsync(broker, 5, false, Topic("orders", 1, 1, ("max.message.bytes", "1000")))).Topics);
        CreateTopicsResponse.CreatableTopicConfigs config = Assert.Single(created.Configs!, config => config.Name == "max.message.bytes");
        Assert.Equal(("1000", (sbyte)1), (config.Value, config.ConfigSource));
        Assert.Equal(5, Assert.Single(created.Configs!, config => config.Name == "cleanup.policy").ConfigSource);
    }

    [Fact]
    public async Task Topics_are_deleted_by_name_and_from_version_6_on_by_id()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        for (short version = 1; version <= 5; version++)
        {
            await broker.CreateTopicAsync("old");
            DeleteTopicsResponse response = await DeleteAsync(broker, version, new DeleteTopicsRequest { TopicNames = ["old", "missing"] });
            Assert.Equal(
                [("old", ErrorCode.None), ("missing", ErrorCode.UnknownTopicOrPartition)],
                response.Responses.Select(topic => (topic.Name!, topic.ErrorCode)));
        }

        await broker.CreateTopicAsync("a");
        Guid b = await broker.CreateTopicAsync("b");
        DeleteTopicsResponse last = await DeleteAsync(broker, 6, new DeleteTopicsRequest
        {
            Topics = [new() { Name = "a" }, new() { TopicId = b }, new() { TopicId = Guid.NewGuid() }, new() { Name = "a", TopicId = b }, new()],
        });
        Assert.Equal(
            [ErrorCode.None, ErrorCode.None, ErrorCode.UnknownTopicId, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest],
            last.Responses.Select(topic => topic.ErrorCode));
        Assert.Equal(("b", b), (last.Responses[1].Name, last.Responses[1].TopicId));
        Assert.Empty(broker.Broker.Topics.Catalog.All);
    }

    [Fact]
    public async Task A_topic_that_is_to_be_deleted_twice_is_refused()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a");
        DeleteTopicsResponse response = await DeleteAsync(broker, 5, new DeleteTopicsRequest { TopicNames = ["a", "a"] });
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(response.Responses).ErrorCode);
        Assert.True(broker.Broker.Topics.Catalog.TryFind("a", out _));
    }

    [Fact]
    public async Task Topics_are_given_more_partitions_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        for (short version = 0; version <= 3; version++)
        {
            CreatePartitionsResponse response = await ExtendAsync(broker, version, false, More("orders", version + 2), More("missing", 2));
            Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition], response.Results.Select(topic => topic.ErrorCode));
            Assert.Equal(ErrorCode.None, broker.Broker.FindPartition("orders", version + 1, out _));
        }
    }

    [Fact]
    public async Task Partitions_are_refused_with_a_message_and_validating_adds_none()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a", partitions: 3);
        await broker.CreateTopicAsync("b");
        CreatePartitionsResponse fewer = await ExtendAsync(broker, 3, false, More("a", 2), More("b", 2), More("b", 3));
        Assert.Equal([ErrorCode.InvalidPartitions, ErrorCode.InvalidRequest], fewer.Results.Select(topic => topic.ErrorCode));
        Assert.All(fewer.Results, topic => Assert.NotEmpty(topic.ErrorMessage!));
        int node = broker.Broker.Identity.NodeId;
        CreatePartitionsResponse assigned = await ExtendAsync(broker, 3, true, More("a", 4, [node]), More("b", 2, [node + 1]));
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidReplicaAssignment], assigned.Results.Select(topic => topic.ErrorCode));
        Assert.Equal(4, broker.Broker.Topics.Catalog.PartitionCount);
    }

    private static CreateTopicsRequest.CreatableTopic Topic(
        string name, int partitions = 1, short replicas = 1, params (string Name, string Value)[] configs) => new()
        {
            Name = name,
            NumPartitions = partitions,
            ReplicationFactor = replicas,
            Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Name, Value = config.Value })],
        };

    private static CreatePartitionsRequest.CreatePartitionsTopic More(string name, int count, int[]? brokers = null) => new()
    {
        Name = name,
        Count = count,
        Assignments = brokers is null ? null : [new CreatePartitionsRequest.CreatePartitionsAssignment { BrokerIds = brokers }],
    };

    private static Task<CreateTopicsResponse> CreateAsync(
        TestBroker broker, short version, bool validateOnly, params CreateTopicsRequest.CreatableTopic[] topics) =>
        broker.Client.CallAsync<CreateTopicsRequest, CreateTopicsResponse>(version, new CreateTopicsRequest { Topics = topics, ValidateOnly = validateOnly });

    private static Task<DeleteTopicsResponse> DeleteAsync(TestBroker broker, short version, DeleteTopicsRequest request) =>
        broker.Client.CallAsync<DeleteTopicsRequest, DeleteTopicsResponse>(version, request);

    private static Task<CreatePartitionsResponse> ExtendAsync(
        TestBroker broker, short version, bool validateOnly, params CreatePartitionsRequest.CreatePartitionsTopic[] topics) =>
        broker.Client.CallAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
            version, new CreatePartitionsRequest { Topics = topics, ValidateOnly = validateOnly });
}
