using System.Globalization;
using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>History that went from the journal to segments long ago, read by every client as if nothing had happened.</summary>
public sealed class HistoryTests
{
    private const int Partitions = 4;

    // Some 10 MB in batches of 50: five times the journal, and about a hundred segments.
    private const int NumberedRecords = 20_000;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_client_reads_everything_from_offset_0_before_and_after_a_restart_and_a_kill()
    {
        byte[] lines = await PackageIndex.LinesAsync();
        await using HistoryServer server = await HistoryServer.StartAsync(nameof(HistoryTests));
        List<(string Topic, string Codec)> topics = [];
        foreach (Client producer in Client.All)
        {
            topics.Add(await ProduceAsync(server, producer, "none", lines));
        }

        foreach (string codec in Client.Confluent.Codecs.Where(codec => codec != "none"))
        {
            topics.Add(await ProduceAsync(server, Client.Confluent, codec, lines));
        }

        await Eventually.HoldsAsync("the journal is within its budget", () => server.JournalFileBytes() <= HistoryServer.JournalBytes);
        Assert.True(server.SegmentBytes() > 3 * HistoryServer.JournalBytes, $"only {server.SegmentBytes()} bytes lie in segments");
        await ReadAsync(server, topics, lines);

        await server.StopAsync();
        await server.VerifyAsync();
        await server.StartAgainAsync();
        await ReadAsync(server, topics, lines);

        await server.KillAsync();
        await server.StartAgainAsync();
        await ReadAsync(server, topics, lines);
    }

    [Fact]
    public async Task Every_client_finds_records_by_time_and_by_offset_across_segments()
    {
        await using HistoryServer server = await HistoryServer.StartAsync(nameof(HistoryTests));
        string count = NumberedRecords.ToString(CultureInfo.InvariantCulture);
        await server.RunAsync(Client.ConfluentHistory, ["produce_numbered", server.Bootstrap, "numbered", count]);
        await Eventually.HoldsAsync(
            "most of the records lie in segments",
            () => server.SegmentBytes() > 3 * HistoryServer.JournalBytes && server.JournalFileBytes() <= HistoryServer.JournalBytes);

        await SeekAsync(server, count);
        await server.KillAsync();
        await server.StartAgainAsync();
        await SeekAsync(server, count);
        await server.StopAsync();

        // Segments are in Kafka's log format as they are, and without their footer.
        using TemporaryDirectory exported = new();
        string segment = server.SegmentFiles().Order(StringComparer.Ordinal).ElementAt(server.SegmentFiles().Count / 2);
        await HistoryServer.LogAsync("export", segment, exported.Path);
        foreach (string log in (string[])[segment, Assert.Single(Directory.GetFiles(exported.Path, "*.log"))])
        {
            (await ClientProcess.RunAsync(
                Client.KafkaPythonHistory.Program, [.. Client.KafkaPythonHistory.Arguments, "a_log_file_holds_numbered_records", "-", log])).Required();
        }
    }

    private static async Task SeekAsync(HistoryServer server, string count)
    {
        foreach (Client client in (Client[])[Client.ConfluentHistory, Client.KafkaPythonHistory, Client.KafkajsHistory])
        {
            await server.RunAsync(client, ["numbered_records_are_found_by_time", server.Bootstrap, "numbered", count]);
            await server.RunAsync(client, ["numbered_records_are_read_from_the_middle", server.Bootstrap, "numbered", count]);
        }

        // What the scripts do, at the prompt.
        foreach (int number in (int[])[0, 1, 49, 50, 6_789, NumberedRecords - 1])
        {
            string at = number.ToString(CultureInfo.InvariantCulture);
            string time = (NumberedTime(number) - 1).ToString(CultureInfo.InvariantCulture);
            Assert.Contains($"numbered [0] offset {at}", (await KcatAsync(server, "-Q", "-t", $"numbered:0:{time}")).Text);
            string[] one = ["-C", "-t", "numbered", "-p", "0", "-c", "1", "-q", "-f", "%o %s\n"];
            Assert.StartsWith($"{at} {number:D8}", (await KcatAsync(server, [.. one, "-o", at])).Text);
            Assert.StartsWith($"{at} {number:D8}", (await KcatAsync(server, [.. one, "-o", "s@" + time])).Text);
        }

        Assert.Contains("numbered [0] offset 0", (await KcatAsync(server, "-Q", "-t", "numbered:0:-2")).Text);
        Assert.Contains($"numbered [0] offset {count}", (await KcatAsync(server, "-Q", "-t", "numbered:0:-1")).Text);
    }

    // As in clients/python/confluent_history.py.
    private static long NumberedTime(int number) => 1_600_000_000_000 + (number * 1000L);

    private static async Task<(string Topic, string Codec)> ProduceAsync(HistoryServer server, Client producer, string codec, byte[] lines)
    {
        string topic = $"history-{producer}-{codec}";
        await server.RunAsync(Client.KafkaPython, ["create_topic", server.Bootstrap, topic, $"{Partitions}"]);
        if (producer != Client.Kcat)
        {
            await server.RunAsync(producer, ["produce_lines", server.Bootstrap, topic, codec], lines, Timeout);
            return (topic, codec);
        }

        using TemporaryDirectory directory = new();
        string file = directory.Combine("lines");
        await File.WriteAllBytesAsync(file, lines);
        await server.RunAsync(producer, ["-P", "-b", server.Bootstrap, "-t", topic, "-z", codec, "-K", "\t", "-l", file], timeout: Timeout);
        return (topic, codec);
    }

    private static async Task ReadAsync(HistoryServer server, IReadOnlyList<(string Topic, string Codec)> topics, byte[] lines)
    {
        foreach ((string topic, string codec) in topics)
        {
            foreach (Client consumer in Client.All.Where(client => client.ReadableCodecs.Contains(codec)))
            {
                RoundTrip.Verify(lines, await ConsumeAsync(server, consumer, topic), Partitions);
            }
        }
    }

    private static async Task<byte[]> ConsumeAsync(HistoryServer server, Client client, string topic)
    {
        ClientResult result = client == Client.Kcat
            ? await server.RunAsync(client, ["-C", "-b", server.Bootstrap, "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%p\t%o\t%k\t%s\n"], timeout: Timeout)
            : await server.RunAsync(client, ["consume_lines", server.Bootstrap, topic, $"{Partitions}"], timeout: Timeout);
        return result.Output;
    }

    private static Task<ClientResult> KcatAsync(HistoryServer server, params string[] arguments) =>
        server.RunAsync(Client.Kcat, ["-b", server.Bootstrap, .. arguments]);
}
