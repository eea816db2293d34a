namespace GrainStream.Conformance.Tests.Groups;

/// <summary>Groups and offsets through the clients' admin and consumer APIs; what each scenario does stands in the scripts in clients/.</summary>
public sealed class GroupAdministrationTests(GroupAdministrationTests.SharedServer shared) : IClassFixture<GroupAdministrationTests.SharedServer>
{
    [Theory]
    [InlineData("groups_are_listed")]
    [InlineData("offsets_are_committed_and_fetched")]
    [InlineData("a_group_without_offsets_starts_where_it_is_told_to")]
    [InlineData("commits_of_a_member_that_is_gone_are_refused")]
    public Task Confluent_kafka(string scenario) => RunAsync(Client.ConfluentGroups, scenario);

    [Theory]
    [InlineData("a_group_is_listed_described_and_deleted")]
    public Task Kafka_python(string scenario) => RunAsync(Client.KafkaPythonGroups, scenario);

    [Theory]
    [InlineData("a_group_is_listed_described_and_deleted")]
    [InlineData("offsets_are_set_reset_and_fetched")]
    public Task Kafkajs(string scenario) => RunAsync(Client.KafkajsGroups, scenario);

    [Theory]
    [InlineData("a_group_is_listed_described_and_deleted", "classic")]
    [InlineData("a_group_is_listed_described_and_deleted", "consumer")]
    [InlineData("offsets_of_a_group_are_fetched", "classic")]
    [InlineData("offsets_of_a_group_are_fetched", "consumer")]
    public Task Kafka_javascript(string scenario, string protocol) => RunAsync(Client.KafkaJavaScriptGroups, scenario, protocol);

    [Theory]
    [InlineData("offsets_are_listed_altered_and_deleted")]
    public Task Librdkafka(string scenario) => RunAsync(Client.LibrdkafkaGroups, scenario);

    [Fact]
    public async Task Kcat_as_a_member_of_a_group_goes_on_where_it_ended()
    {
        GroupServer server = shared.Server;
        string[] values = await TopicAsync("kcat-group");
        string[] ReadBy(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        async Task<string> ReadAsync() => (await server.RunAsync(
            Client.Kcat,
            ["-b", server.Bootstrap, "-G", "kcats", "-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=6000", "-e", "-q", "kcat-group"])).Text;

        Assert.Equal(values, ReadBy(await ReadAsync()));
        Assert.Equal("", await ReadAsync());
        await server.RunAsync(Client.Kcat, ["-P", "-b", server.Bootstrap, "-t", "kcat-group", "-p", "1"], "more\n"u8.ToArray());
        Assert.Equal("more\n", await ReadAsync());
    }

    private async Task RunAsync(Client client, string scenario, params string[] arguments)
    {
        string topic = $"{client.Name}-{scenario}{string.Concat(arguments)}".Replace(' ', '-');
        await TopicAsync(topic);
        await shared.Server.RunAsync(client, [scenario, shared.Server.Bootstrap, .. arguments, "group of " + topic, topic]);
    }

    // Three partitions, and ten records in the first.
    private async Task<string[]> TopicAsync(string topic)
    {
        await shared.Server.CreateTopicAsync(topic, 3);
        return await shared.Server.ProduceToAsync(topic, 0, 10);
    }

    /// <summary>One server for these tests.</summary>
    public sealed class SharedServer : IAsyncLifetime
    {
        private GroupServer? _server;

        internal GroupServer Server => _server ?? throw new InvalidOperationException("The server has not started.");

        public async Task InitializeAsync() => _server = await GroupServer.StartAsync(nameof(GroupAdministrationTests));

        public async Task DisposeAsync()
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}
