using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Gateway.Tests.Handlers;

public sealed class ConfigTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte Group = 32;
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;
    private const sbyte Subtract = 3;

    [Fact]
    public async Task A_topics_settings_are_described_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync("message.max.bytes=2000");
        await broker.CreateTopicAsync("orders", 1, ("max.message.bytes", "1000"));
        for (short version = 1; version <= 4; version++)
        {
            DescribeConfigsResponse.DescribeConfigsResult result = Assert.Single((await DescribeAsync(broker, version, Topic, "orders", null)).Results);
            Assert.Equal((ErrorCode.None, Topic, "orders"), (result.ErrorCode, result.ResourceType, result.ResourceName));
            DescribeConfigsResponse.DescribeConfigsResourceResult size = Assert.Single(result.Configs, config => config.Name == "max.message.bytes");
            Assert.Equal(("1000", (sbyte)1, false), (size.Value, size.ConfigSource, size.ReadOnly));
            Assert.Equal(
                [("max.message.bytes", "1000", 1), ("message.max.bytes", "2000", 4), ("message.max.bytes", "1048588", 5)],
                size.Synonyms.Select(place => (place.Name, place.Value!, (int)place.Source)));
            Assert.Equal(version >= 3, size.Documentation is not null);
            Assert.Equal(version >= 3 ? 3 : 0, size.ConfigType);
            Assert.Contains(result.Configs, config => config is { Name: "retention.ms", Value: "-1", ConfigSource: 5 });
        }
    }

    [Fact]
    public async Task Only_the_settings_asked_for_are_described_without_what_was_not_asked_for()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        DescribeConfigsRequest request = new()
        {
            Resources = [new() { ResourceType = Topic, ResourceName = "orders", ConfigurationKeys = ["retention.ms", "no.such"] }],
        };
        DescribeConfigsResponse response = await broker.Client.CallAsync<DescribeConfigsRequest, DescribeConfigsResponse>(4, request);
        DescribeConfigsResponse.DescribeConfigsResourceResult config = Assert.Single(response.Results[0].Configs);
        Assert.Equal(("retention.ms", null), (config.Name, config.Documentation));
        Assert.Empty(config.Synonyms);
    }

    [Fact]
    public async Task The_brokers_settings_are_described_and_fixed_ones_marked()
    {
        await using TestBroker broker = await TestBroker.StartAsync("num.partitions=3");
        string node = $"{broker.Broker.Identity.NodeId}";
        DescribeConfigsResponse.DescribeConfigsResult result = Assert.Single((await DescribeAsync(broker, 4, Broker, node, null)).Results);
        Assert.Contains(result.Configs, config => config is { Name: "num.partitions", Value: "3", ConfigSource: 4 });
        Assert.Contains(result.Configs, config => config is { Name: "socket.request.max.bytes", ReadOnly: true });
        Assert.Contains(result.Configs, config => !config.ReadOnly);
    }

    [Theory]
    [InlineData(Topic, "missing", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(Topic, "a b", ErrorCode.InvalidTopic)]
    [InlineData(Broker, "99", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "one", ErrorCode.InvalidRequest)]
    [InlineData(Group, "group", ErrorCode.InvalidRequest)]
    public async Task What_cannot_be_described_is_refused_with_a_message(sbyte type, string name, ErrorCode error)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        DescribeConfigsResponse.DescribeConfigsResult result = Assert.Single((await DescribeAsync(broker, 4, type, name, null)).Results);
        Assert.Equal((error, type, name), (result.ErrorCode, result.ResourceType, result.ResourceName));
        Assert.NotEmpty(result.ErrorMessage!);
    }

    [Fact]
    public async Task Settings_are_replaced_as_a_whole_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders", 1, ("max.message.bytes", "1000"));
        for (short version = 0; version <= 2; version++)
        {
            await ExpectAsync(ErrorCode.None, ReplaceAsync(broker, version, false, Topic, "orders", ("flush.ms", $"{version}")));
            Assert.Equal(("1048588", $"{version}"), (await ValueAsync(broker, "max.message.bytes"), await ValueAsync(broker, "flush.ms")));
        }

        await ExpectAsync(ErrorCode.None, ReplaceAsync(broker, 2, true, Topic, "orders", ("flush.ms", "77")));
        Assert.Equal("2", await ValueAsync(broker, "flush.ms"));
    }

    [Fact]
    public async Task Settings_are_changed_one_by_one_in_every_version()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders", 1, ("max.message.bytes", "1000"));
        for (short version = 0; version <= 1; version++)
        {
            await ExpectAsync(ErrorCode.None, ChangeAsync(broker, version, false, Topic, "orders", ("flush.ms", Set, $"{version}")));
            Assert.Equal(("1000", $"{version}"), (await ValueAsync(broker, "max.message.bytes"), await ValueAsync(broker, "flush.ms")));
        }

        await ExpectAsync(ErrorCode.None, ChangeAsync(broker, 1, true, Topic, "orders", ("flush.ms", Set, "77")));
        await ExpectAsync(ErrorCode.None, ChangeAsync(broker, 1, false, Topic, "orders", ("max.message.bytes", Delete, null)));
        Assert.Equal(("1048588", "1"), (await ValueAsync(broker, "max.message.bytes"), await ValueAsync(broker, "flush.ms")));
    }

    [Fact]
    public async Task A_setting_of_all_brokers_is_changed_and_described_under_the_empty_name()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await ExpectAsync(ErrorCode.None, ChangeAsync(broker, 1, false, Broker, "", ("message.max.bytes", Set, "5000")));
        Assert.Equal(5000, broker.Broker.Config.MessageMaxBytes);
        DescribeConfigsResponse.DescribeConfigsResult result = Assert.Single((await DescribeAsync(broker, 4, Broker, "", null)).Results);
        DescribeConfigsResponse.DescribeConfigsResourceResult config = Assert.Single(result.Configs);
        Assert.Equal(("message.max.bytes", "5000", (sbyte)3), (config.Name, config.Value, config.ConfigSource));
    }

    [Fact]
    public async Task Retention_and_the_cleanup_policy_are_altered_and_described()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        await ExpectAsync(ErrorCode.None, ChangeAsync(broker, 1, false, Topic, "orders", ("cleanup.policy", Append, "compact")));
        await ExpectAsync(ErrorCode.None, ChangeAsync(broker, 1, false, Topic, "orders", ("retention.ms", Set, "1000")));
        await ExpectAsync(ErrorCode.None, ChangeAsync(broker, 1, false, Topic, "orders", ("min.cleanable.dirty.ratio", Set, "0.25")));
        Assert.Equal(("delete,compact", "1000", "0.25"), (
            await ValueAsync(broker, "cleanup.policy"), await ValueAsync(broker, "retention.ms"), await ValueAsync(broker, "min.cleanable.dirty.ratio")));

        await ExpectAsync(ErrorCode.None, ChangeAsync(broker, 1, false, Topic, "orders", ("cleanup.policy", Subtract, "delete")));
        Assert.Equal("compact", await ValueAsync(broker, "cleanup.policy"));
        await ExpectAsync(ErrorCode.None, ChangeAsync(broker, 1, false, Broker, "", ("log.retention.bytes", Set, "5000")));
        Assert.Equal("5000", await ValueAsync(broker, "retention.bytes"));
    }

    [Fact]
    public async Task Settings_that_would_not_be_honoured_and_unknown_resources_are_refused_with_a_message()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("orders");
        await ExpectAsync(ErrorCode.InvalidConfig, ReplaceAsync(broker, 2, false, Topic, "orders", ("compression.type", "gzip")));
        await ExpectAsync(ErrorCode.InvalidConfig, ChangeAsync(broker, 1, false, Topic, "orders", ("min.insync.replicas", Set, "2")));
        await ExpectAsync(ErrorCode.InvalidConfig, ChangeAsync(broker, 1, false, Broker, "", ("socket.request.max.bytes", Set, "5000")));
        await ExpectAsync(ErrorCode.InvalidRequest, ChangeAsync(broker, 1, false, Topic, "orders", ("flush.ms", 9, "1")));
        await ExpectAsync(ErrorCode.UnknownTopicOrPartition, ChangeAsync(broker, 1, false, Topic, "missing", ("flush.ms", Set, "1")));
        await ExpectAsync(ErrorCode.UnknownTopicOrPartition, ReplaceAsync(broker, 1, false, Topic, "missing", ("flush.ms", "1")));
        await ExpectAsync(ErrorCode.InvalidRequest, ReplaceAsync(broker, 1, false, Group, "g", ("flush.ms", "1")));
        await ExpectAsync(ErrorCode.InvalidRequest, ChangeAsync(broker, 1, false, Broker, "x", ("num.partitions", Set, "1")));
    }

    private static async Task ExpectAsync(ErrorCode expected, Task<(ErrorCode Error, string? Message)> outcome)
    {
        (ErrorCode error, string? message) = await outcome;
        Assert.Equal(expected, error);
        Assert.Equal(expected != ErrorCode.None, !string.IsNullOrEmpty(message));
    }

    private static async Task<string?> ValueAsync(TestBroker broker, string config)
    {
        DescribeConfigsResponse response = await DescribeAsync(broker, 4, Topic, "orders", [config]);
        return Assert.Single(Assert.Single(response.Results).Configs).Value;
    }

    private static Task<DescribeConfigsResponse> DescribeAsync(TestBroker broker, short version, sbyte type, string name, string[]? keys) =>
        broker.Client.CallAsync<DescribeConfigsRequest, DescribeConfigsResponse>(version, new DescribeConfigsRequest
        {
            Resources = [new() { ResourceType = type, ResourceName = name, ConfigurationKeys = keys }],
            IncludeSynonyms = true,
            IncludeDocumentation = version >= 3,
        });

    private static async Task<(ErrorCode Error, string? Message)> ReplaceAsync(
        TestBroker broker, short version, bool validateOnly, sbyte type, string name, params (string Name, string? Value)[] configs)
    {
        AlterConfigsRequest.AlterConfigsResource resource = new()
        {
            ResourceType = type,
            ResourceName = name,
            Configs = [.. configs.Select(config => new AlterConfigsRequest.AlterableConfig { Name = config.Name, Value = config.Value })],
        };
        AlterConfigsResponse response = await broker.Client.CallAsync<AlterConfigsRequest, AlterConfigsResponse>(
            version, new AlterConfigsRequest { Resources = [resource], ValidateOnly = validateOnly });
        AlterConfigsResponse.AlterConfigsResourceResponse result = Assert.Single(response.Responses);
        Assert.Equal((type, name), (result.ResourceType, result.ResourceName));
        return (result.ErrorCode, result.ErrorMessage);
    }

    private static async Task<(ErrorCode Error, string? Message)> ChangeAsync(
        TestBroker broker, short version, bool validateOnly, sbyte type, string name, params (string Name, sbyte Operation, string? Value)[] configs)
    {
        IncrementalAlterConfigsRequest.AlterConfigsResource resource = new()
        {
            ResourceType = type,
            ResourceName = name,
            Configs =
            [
                .. configs.Select(config => new IncrementalAlterConfigsRequest.AlterableConfig
                {
                    Name = config.Name,
                    ConfigOperation = config.Operation,
                    Value = config.Value,
                }),
            ],
        };
        IncrementalAlterConfigsResponse response = await broker.Client.CallAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            version, new IncrementalAlterConfigsRequest { Resources = [resource], ValidateOnly = validateOnly });
        IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result = Assert.Single(response.Responses);
        Assert.Equal((type, name), (result.ResourceType, result.ResourceName));
        return (result.ErrorCode, result.ErrorMessage);
    }
}
