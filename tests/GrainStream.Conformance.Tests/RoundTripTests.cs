using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>Debian's package index through every client and codec, and back through every client.</summary>
public sealed class RoundTripTests(ServerFixture<RoundTripTests> server) : IClassFixture<ServerFixture<RoundTripTests>>
{
    private const int Partitions = 8;

    // What a broker may ever take, by the performance budget.
    private const long MemoryBoundKiB = 400 * 1024;

    // The whole index takes a slow client minutes.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    public static TheoryData<string, string> ProducersAndCodecs()
    {
        TheoryData<string, string> data = [];
        foreach (Client client in Client.All)
        {
            foreach (string codec in client.Codecs)
            {
                data.Add(client.Name, codec);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ProducersAndCodecs))]
    public async Task Every_line_comes_back_from_every_client_in_the_order_of_its_key(string producer, string codec)
    {
        byte[] lines = await PackageIndex.LinesAsync();
        string topic = $"packages-{producer}-{codec}";
        await server.RunAsync(Client.KafkaPython, ["create_topic", server.Bootstrap, topic, $"{Partitions}"]);
        await ProduceAsync(Client.Of(producer), topic, codec, lines);
        foreach (Client consumer in Client.All.Where(client => client.ReadableCodecs.Contains(codec)))
        {
            RoundTrip.Verify(lines, await ConsumeAsync(consumer, topic), Partitions);
        }

        Assert.InRange(server.Server.MemoryKiB("VmHWM"), 0, MemoryBoundKiB);
    }

    private async Task ProduceAsync(Client client, string topic, string codec, byte[] lines)
    {
        if (client != Client.Kcat)
        {
            await server.RunAsync(client, ["produce_lines", server.Bootstrap, topic, codec], lines, Timeout);
            return;
        }

        using TemporaryDirectory directory = new();
        string file = directory.Combine("lines");
        await File.WriteAllBytesAsync(file, lines);
        await server.RunAsync(client, ["-P", "-b", server.Bootstrap, "-t", topic, "-z", codec, "-K", "\t", "-l", file], timeout: Timeout);
    }

    private async Task<byte[]> ConsumeAsync(Client client, string topic)
    {
        ClientResult result = client == Client.Kcat
            ? await server.RunAsync(client, ["-C", "-b", server.Bootstrap, "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%p\t%o\t%k\t%s\n"], timeout: Timeout)
            : await server.RunAsync(client, ["consume_lines", server.Bootstrap, topic, $"{Partitions}"], timeout: Timeout);
        return result.Output;
    }
}
