using System.Globalization;
using System.Text;
using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>A compacted topic: the last value of every key stays, where it was; what it superseded goes, and no client minds the gaps.</summary>
public sealed class CompactionTests
{
    // As in clients/python/confluent_history.py: version v of key k is the record at offset v * Keys + k.
    private const int Keys = 10_000;
    private const int Versions = 5;
    private const int TombstoneEvery = 10;

    [Theory]
    [InlineData("none")]
    [InlineData("zstd")]
    public async Task Every_client_reads_the_last_value_of_every_key_at_its_old_offset(string codec)
    {
        await using HistoryServer server = await HistoryServer.StartAsync(nameof(CompactionTests));
        await server.RunAsync(Client.ConfluentHistory, ["produce_versions", server.Bootstrap, "versions", codec]);
        await server.RunAsync(Client.ConfluentHistory, ["wait_until_compacted", server.Bootstrap, "versions"]);
        await ReadAsync(server, codec);

        await server.KillAsync();
        await server.StartAgainAsync();
        await ReadAsync(server, codec);

        await server.StopAsync();
        await server.VerifyAsync();
    }

    private static async Task ReadAsync(HistoryServer server, string codec)
    {
        foreach (Client client in Client.All.Where(client => client.ReadableCodecs.Contains(codec)))
        {
            ClientResult read = client == Client.Kcat
                ? await server.RunAsync(client, ["-C", "-b", server.Bootstrap, "-t", "versions", "-o", "beginning", "-e", "-q", "-f", "%p\t%o\t%k\t%s\n"])
                : await server.RunAsync(client, ["consume_lines", server.Bootstrap, "versions", "1"]);
            Verify(read.Text);
        }
    }

    private static void Verify(string read)
    {
        Dictionary<string, string> last = [];
        long previous = -1;
        foreach (string line in read.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split('\t');
            long offset = long.Parse(fields[1], CultureInfo.InvariantCulture);
            Assert.True(offset > previous, $"offset {offset} comes after {previous}");
            Assert.Equal(Key((int)(offset % Keys)), fields[2]);
            Assert.Equal(Value((int)(offset / Keys), (int)(offset % Keys)), fields[3]);
            last[fields[2]] = fields[3];
            previous = offset;
        }

        for (int key = 0; key < Keys; key++)
        {
            string newest = Value(Versions - 1, key);
            Assert.True(last.TryGetValue(Key(key), out string? value) || newest.Length == 0, $"{Key(key)} has no record");
            Assert.Equal(newest, value ?? "");
        }
    }

    private static string Key(int key) => string.Create(CultureInfo.InvariantCulture, $"key-{key:D6}");

    private static string Value(int version, int key) => version == Versions - 1 && key % TombstoneEvery == 0
        ? ""
        : new StringBuilder().Append(CultureInfo.InvariantCulture, $"{version} of {Key(key)} ").Append('x', 100).ToString();
}
