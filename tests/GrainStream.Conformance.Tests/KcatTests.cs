using System.Text;
using System.Text.Json;

namespace GrainStream.Conformance.Tests;

/// <summary>kcat as one uses it at the prompt.</summary>
public sealed class KcatTests(ServerFixture<KcatTests> server) : IClassFixture<ServerFixture<KcatTests>>
{
    [Fact]
    public async Task The_listing_shows_the_broker_and_its_topics()
    {
        await ProduceAsync("listed", "one\n");
        using JsonDocument metadata = JsonDocument.Parse((await KcatAsync("-L", "-J")).Text);
        JsonElement broker = Assert.Single(metadata.RootElement.GetProperty("brokers").EnumerateArray().ToArray());
        Assert.Equal(server.Bootstrap, broker.GetProperty("name").GetString());
        JsonElement topic = metadata.RootElement.GetProperty("topics").EnumerateArray().Single(t => t.GetProperty("topic").GetString() == "listed");
        JsonElement partition = topic.GetProperty("partitions").EnumerateArray().First();
        Assert.Equal(broker.GetProperty("id").GetInt32(), partition.GetProperty("leader").GetInt32());
    }

    [Fact]
    public async Task Reading_starts_and_ends_where_it_is_told_to()
    {
        await ProduceAsync("numbers", string.Concat(Enumerable.Range(0, 100).Select(number => $"{number}\n")));
        Assert.Equal("97\n98\n99\n", (await KcatAsync("-C", "-t", "numbers", "-p", "0", "-o", "-3", "-e", "-q")).Text);
        Assert.Equal("10\n11\n", (await KcatAsync("-C", "-t", "numbers", "-p", "0", "-o", "10", "-c", "2", "-q")).Text);
        Assert.Equal("", (await KcatAsync("-C", "-t", "numbers", "-p", "0", "-o", "end", "-e", "-q")).Text);
    }

    [Fact]
    public async Task Offsets_can_be_queried()
    {
        await ProduceAsync("queried", "a\nb\nc\n");
        Assert.Contains("queried [0] offset 0", (await KcatAsync("-Q", "-t", "queried:0:0")).Text);
        Assert.Contains("queried [0] offset 3", (await KcatAsync("-Q", "-t", "queried:0:-1")).Text);
        Assert.Contains("queried [0] offset 0", (await KcatAsync("-Q", "-t", "queried:0:-2")).Text);
    }

    [Fact]
    public async Task Headers_and_tombstones_come_back()
    {
        await KcatWithInputAsync("k:\n", "-P", "-t", "tombstones", "-p", "0", "-K", ":", "-Z", "-H", "colour=blue", "-H", "empty=");
        Assert.Equal("k|-1|colour=blue,empty=\n", (await KcatAsync("-C", "-t", "tombstones", "-e", "-q", "-f", "%k|%S|%h\n")).Text);
    }

    [Fact]
    public async Task A_file_of_many_partitions_is_spread_and_read_back()
    {
        await server.RunAsync(Client.KafkaPython, ["create_topic", server.Bootstrap, "spread", "50"]);
        string[] lines = [.. Enumerable.Range(0, 5000).Select(number => $"key-{number}\t{number}")];
        await KcatWithInputAsync(string.Join('\n', lines) + "\n", "-P", "-t", "spread", "-K", "\t");
        byte[] read = (await KcatAsync("-C", "-t", "spread", "-o", "beginning", "-e", "-q", "-f", "%p\t%o\t%k\t%s\n")).Output;
        RoundTrip.Verify(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), read, 50);
    }

    private Task<TestKit.ClientResult> ProduceAsync(string topic, string lines) => KcatWithInputAsync(lines, "-P", "-t", topic, "-p", "0");

    private Task<TestKit.ClientResult> KcatAsync(params string[] arguments) => server.RunAsync(Client.Kcat, ["-b", server.Bootstrap, .. arguments]);

    private Task<TestKit.ClientResult> KcatWithInputAsync(string input, params string[] arguments) =>
        server.RunAsync(Client.Kcat, ["-b", server.Bootstrap, .. arguments], Encoding.UTF8.GetBytes(input));
}
