using System.Text.Json;
using GrainStream.TestKit;

namespace GrainStream.Cli.Tests;

public sealed class GroupTests(CliServer server) : IClassFixture<CliServer>
{
    [Fact]
    public async Task A_group_is_listed_described_reset_and_deleted()
    {
        (await server.RunAsync("topic", "create", "work", "-p", "1")).Required();
        (await server.PipeAsync("1\n2\n3\n4\n5\n", "produce", "work")).Required();
        (await server.RunAsync("consume", "work", "--group", "workers", "--count", "3")).Required();

        Assert.Contains((await server.JsonAsync("group", "list")).EnumerateArray(), group => group.GetProperty("group").GetString() == "workers");
        JsonElement described = await server.JsonAsync("group", "describe", "workers");
        JsonElement partition = Assert.Single(described.GetProperty("partitions").EnumerateArray());
        Assert.Equal((3L, 5L, 2L), (Number(partition, "committedOffset"), Number(partition, "endOffset"), Number(partition, "lag")));
        Assert.Equal(2, Number(described, "lag"));

        ClientResult shown = (await server.RunAsync("group", "reset-offsets", "workers", "--to-earliest")).Required();
        Assert.Contains("Nothing was changed. Add --execute", shown.Text, StringComparison.Ordinal);
        Assert.Equal(3, Number(await PartitionAsync(), "committedOffset"));

        (await server.RunAsync("group", "reset-offsets", "workers", "--shift-by", "-1", "--topic", "work:0", "--execute")).Required();
        Assert.Equal(2, Number(await PartitionAsync(), "committedOffset"));
        JsonElement reset = await server.JsonAsync("group", "reset-offsets", "workers", "--to-offset", "1000", "--dry-run");
        Assert.Equal(5, Number(reset.GetProperty("partitions")[0], "newOffset"));
        Assert.False(reset.GetProperty("executed").GetBoolean());

        Assert.Equal("Deleted group workers.\n", (await server.RunAsync("group", "delete", "workers")).Required().Text);
        ClientResult gone = await server.RunAsync("group", "describe", "workers");
        Assert.Equal(3, gone.ExitCode);
        Assert.Contains("There is no group workers.", gone.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_protocols_share_a_topic_in_groups_of_their_own()
    {
        (await server.RunAsync("topic", "create", "both", "-p", "2")).Required();
        (await server.PipeAsync("1\n2\n", "produce", "both")).Required();
        foreach (string protocol in new[] { "classic", "consumer" })
        {
            string read = (await server.RunAsync("consume", "both", "--group", protocol, "--group-protocol", protocol)).Required().Text;
            Assert.Equal(["1", "2"], read.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
            Assert.Equal(0, Number(await server.JsonAsync("group", "describe", protocol), "lag"));
        }
    }

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private async Task<JsonElement> PartitionAsync() => (await server.JsonAsync("group", "describe", "workers")).GetProperty("partitions")[0];
}
