using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;
using GrainStream.Runtime.Partitions;
using GrainStream.Runtime.Topics;

namespace GrainStream.Hosting.Embedded.Tests;

public sealed class EmbeddedBrokerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_acknowledged_is_there_after_a_restart_and_after_a_crash(bool crash)
    {
        await using BrokerDirectory directory = BrokerDirectory.Create();
        Topic topic = await directory.CreateTopicAsync("orders", partitions: 3);
        var written = new Dictionary<int, List<string>> { [0] = [], [1] = [], [2] = [] };
        for (int i = 0; i < 300; i++)
        {
            // More than memory and a file hold, so that reads and replay cross both.
            string value = $"{i}-{new string('v', 10_000)}";
            Assert.Equal(written[i % 3].Count, (await directory.AppendAsync("orders", i % 3, value)).BaseOffset);
            written[i % 3].Add(value);
        }

        string clusterId = directory.Broker.Identity.ClusterId;
        await (crash ? directory.CrashAsync() : directory.RestartAsync());
        Assert.Equal(clusterId, directory.Broker.Identity.ClusterId);
        Assert.True(directory.Broker.Topics.Catalog.TryFind("orders", out Topic? found));
        Assert.Equal(topic.Id, found.Id);
        for (int index = 0; index < 3; index++)
        {
            Assert.Equal(written[index], await directory.ReadAllAsync("orders", index));
            Assert.Equal(written[index].Count, (await directory.AppendAsync("orders", index, "next")).BaseOffset);
        }
    }

    [Fact]
    public async Task A_deleted_topic_stays_deleted_and_its_name_can_be_used_again()
    {
        await using BrokerDirectory directory = BrokerDirectory.Create();
        Topic first = await directory.CreateTopicAsync("orders");
        await directory.AppendAsync("orders", 0, "old");
        Partition old = directory.Partition("orders");
        Assert.Equal(ErrorCode.None, (await directory.Broker.Topics.ExecuteAsync(catalog => catalog.DecideDelete("orders"))).Error);
        Assert.Equal(PartitionStatus.Deleted, old.Status);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, directory.Broker.FindPartition("orders", 0, out _));

        Topic second = await directory.CreateTopicAsync("orders");
        await directory.AppendAsync("orders", 0, "new");
        await directory.CrashAsync();
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(["new"], await directory.ReadAllAsync("orders"));
        Assert.Equal(ErrorCode.UnknownTopicId, directory.Broker.FindPartition(first.Id, 0, out _));
    }

    [Fact]
    public async Task Settings_partitions_and_log_starts_survive_a_crash()
    {
        await using BrokerDirectory directory = BrokerDirectory.Create();
        await directory.CreateTopicAsync("orders");
        await directory.AppendAsync("orders", 0, "a");
        await directory.AppendAsync("orders", 0, "b");
        var delete = new DeleteRecordsInput(1);
        directory.Partition("orders").Post(delete);
        Assert.Equal((ErrorCode.None, 1L), await delete.Completion);
        CatalogOutcome added = await directory.Broker.Topics.ExecuteAsync(catalog => catalog.DecideAddPartitions("orders", 4, []));
        Assert.Equal(4, added.Topic?.PartitionCount);
        KeyValuePair<string, string?>[] configs = [new("max.message.bytes", "2000")];
        await directory.Broker.Topics.ExecuteAsync(catalog => catalog.DecideSetTopicConfigs("orders", configs));
        Assert.Equal(2000, directory.Partition("orders", 3).Rules.MaxMessageBytes);

        await directory.CrashAsync();
        Assert.Equal(2000, directory.Partition("orders", 3).Rules.MaxMessageBytes);
        Assert.Equal(1, directory.Partition("orders").Log.LogStartOffset.Value);
        Assert.Equal(["b"], await directory.ReadAllAsync("orders"));
    }

    [Fact]
    public async Task Producer_ids_are_never_given_out_twice()
    {
        await using BrokerDirectory directory = BrokerDirectory.Create();
        var given = new HashSet<long>();
        for (int life = 0; life < 3; life++)
        {
            for (int i = 0; i < 1500; i++)
            {
                (ErrorCode error, ProducerId id) = await directory.Broker.NextProducerIdAsync();
                Assert.Equal(ErrorCode.None, error);
                Assert.True(given.Add(id.Value));
            }

            await (life % 2 == 0 ? directory.CrashAsync() : directory.RestartAsync());
        }
    }

    [Fact]
    public async Task A_command_that_is_only_validated_changes_nothing()
    {
        await using BrokerDirectory directory = BrokerDirectory.Create();
        var command = new CreateTopic("orders", Runtime.Broker.NewTopicId()) { Partitions = 2 };
        CatalogOutcome outcome = await directory.Broker.Topics.ExecuteAsync(catalog => catalog.DecideCreate(command), validateOnly: true);
        Assert.Equal(2, outcome.Topic?.PartitionCount);
        Assert.False(directory.Broker.Topics.Catalog.TryFind("orders", out _));
    }

    [Fact]
    public async Task An_identity_file_that_says_nothing_is_refused_by_name()
    {
        string path = Directory.CreateTempSubdirectory("grainstream-identity-").FullName;
        await File.WriteAllTextAsync(Path.Combine(path, "node.json"), "{}");
        Runtime.Ports.CorruptDataException refused = Assert.Throws<Runtime.Ports.CorruptDataException>(() => EmbeddedBroker.Open(
            new Storage.FileSystem.FileJournalOptions { DataDirectory = path },
            BrokerConfig.Default,
            TimeProvider.System,
            null,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));
        Assert.Contains("node.json", refused.Message, StringComparison.Ordinal);
        Directory.Delete(path, recursive: true);
    }
}
