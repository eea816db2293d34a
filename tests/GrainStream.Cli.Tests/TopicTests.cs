using System.Text.Json;
using GrainStream.TestKit;

namespace GrainStream.Cli.Tests;

public sealed class TopicTests(CliServer server) : IClassFixture<CliServer>
{
    [Fact]
    public async Task A_topic_is_created_listed_described_altered_and_deleted()
    {
        ClientResult created = await server.RunAsync("topic", "create", "orders", "--partitions", "3", "--config", "retention.ms=3600000");
        Assert.Equal(("Created topic orders with 3 partitions.\n", 0), (created.Text, created.ExitCode));

        ClientResult list = await server.RunAsync("topic", "list");
        Assert.Contains(list.Text.Split('\n'), line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["orders", "3", "1"]);

        JsonElement described = await server.JsonAsync("topic", "describe", "orders");
        Assert.Equal("orders", described.GetProperty("topic").GetString());
        Assert.Equal(3, described.GetProperty("partitions").GetArrayLength());
        Assert.Equal("3600000", Config(described, "retention.ms"));

        (await server.RunAsync("topic", "alter", "orders", "-c", "retention.ms=7200000", "--partitions", "4", "--dry-run")).Required();
        Assert.Equal("3600000", Config(await server.JsonAsync("topic", "describe", "orders"), "retention.ms"));
        (await server.RunAsync("topic", "alter", "orders", "-c", "retention.ms=7200000", "--partitions", "4")).Required();
        described = await server.JsonAsync("topic", "describe", "orders");
        Assert.Equal((4, "7200000"), (described.GetProperty("partitions").GetArrayLength(), Config(described, "retention.ms")));
        (await server.RunAsync("topic", "alter", "orders", "--delete-config", "retention.ms")).Required();
        Assert.Equal(0, (await server.JsonAsync("topic", "describe", "orders")).GetProperty("configs").GetArrayLength());

        Assert.Equal("Deleted topic orders.\n", (await server.RunAsync("topic", "delete", "orders", "--yes")).Required().Text);
        Assert.Equal(3, (await server.RunAsync("topic", "describe", "orders")).ExitCode);
    }

    [Fact]
    public async Task A_topic_that_is_there_already_is_refused_unless_that_is_fine()
    {
        (await server.RunAsync("topic", "create", "twice")).Required();
        ClientResult again = await server.RunAsync("topic", "create", "twice");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("TOPIC_ALREADY_EXISTS", again.Errors, StringComparison.Ordinal);
        Assert.Equal("", again.Text);
        Assert.False((await server.JsonAsync("topic", "create", "twice", "--if-not-exists")).GetProperty("created").GetBoolean());
    }

    [Fact]
    public async Task A_misspelt_topic_is_answered_with_the_nearest_name()
    {
        (await server.RunAsync("topic", "create", "payments")).Required();
        ClientResult run = await server.RunAsync("topic", "describe", "paymnets");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("There is no topic paymnets. Did you mean payments?", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_is_refused_with_the_broker_s_reason()
    {
        ClientResult run = await server.RunAsync("topic", "create", "odd", "-c", "retention.ms=soon");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("INVALID_CONFIG", run.Errors, StringComparison.Ordinal);
        Assert.Contains("retention.ms", run.Errors, StringComparison.Ordinal);
    }

    private static string? Config(JsonElement topic, string name) => topic.GetProperty("configs").EnumerateArray()
        .Single(config => config.GetProperty("name").GetString() == name).GetProperty("value").GetString();
}
