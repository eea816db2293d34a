using System.Globalization;
using System.Text;
using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>What a server finds when it starts again: after a stop, after a kill, and on a journal that was damaged in between.</summary>
public sealed class RestartTests : IDisposable
{
    private const int DataDamaged = 4;

    private readonly TemporaryDirectory _directory = new();

    private string Data => _directory.Combine("data");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Topics_settings_and_records_are_there_after_a_stop()
    {
        byte[] before;
        string lines = Lines(0, 1000);
        await using (ServerProcess server = await StartAsync())
        {
            await RunAsync(server, Client.Confluent, ["configs_are_described_and_altered", server.Bootstrap]);
            await ProduceAsync(server, lines);
            before = await MetadataAsync(server);
            Assert.Equal(0, await server.StopAsync());
        }

        await using ServerProcess again = await StartAsync();
        Assert.Equal(Encoding.UTF8.GetString(before), Encoding.UTF8.GetString(await MetadataAsync(again)));
        Assert.Equal(lines, await ConsumeAsync(again));
        await ProduceAsync(again, Lines(1000, 1010));
        Assert.Equal(lines + Lines(1000, 1010), await ConsumeAsync(again));
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_kill()
    {
        await using (ServerProcess server = await StartAsync())
        {
            await ProduceAsync(server, Lines(0, 5000));
            await server.KillAsync();
        }

        await using ServerProcess again = await StartAsync();
        Assert.Equal(Lines(0, 5000), await ConsumeAsync(again));
    }

    [Fact]
    public async Task A_damaged_journal_is_refused_until_the_operator_accepts_the_loss()
    {
        string file = await DamageAsync();
        await using (ServerProcess refused = Launch())
        {
            Assert.Equal(DataDamaged, await refused.WaitForExitAsync(ServerProcess.StartTimeout));
            string output = refused.Output.ToString();
            Assert.Contains(file, output);
            Assert.Matches(@"offset \d+|byte \d+|position \d+", output);
            Assert.Contains("GrainStream:Journal:AcceptDamage", output);
            Assert.DoesNotContain("   at ", output);
        }

        await using ServerProcess accepted = await StartAsync("Journal:AcceptDamage=true");
        Assert.Equal(Lines(0, 10), await ConsumeAsync(accepted));
        await ProduceAsync(accepted, Lines(20, 30));
        Assert.Equal(Lines(0, 10) + Lines(20, 30), await ConsumeAsync(accepted));
    }

    // Three batches, of which one bit of the second is turned over.
    private async Task<string> DamageAsync()
    {
        await using (ServerProcess server = await StartAsync())
        {
            await ProduceAsync(server, Lines(0, 10));
            await ProduceAsync(server, Lines(10, 20));
            await ProduceAsync(server, Lines(20, 30));
            Assert.Equal(0, await server.StopAsync());
        }

        foreach (string file in Directory.GetFiles(Path.Combine(Data, "journal"), "*.journal").Order())
        {
            byte[] bytes = await File.ReadAllBytesAsync(file);
            int found = bytes.AsSpan().IndexOf("line 15"u8);
            if (found >= 0)
            {
                bytes[found] ^= 1;
                await File.WriteAllBytesAsync(file, bytes);
                return file;
            }
        }

        throw new InvalidOperationException("No journal file has the record.");
    }

    private static string Lines(int from, int to) =>
        string.Concat(Enumerable.Range(from, to - from).Select(number => string.Create(CultureInfo.InvariantCulture, $"line {number}\n")));

    private Task<ServerProcess> StartAsync(params string[] settings) => ServerProcess.StartAsync(nameof(RestartTests), Data, ["Journal:FileBytes=16MiB", .. settings]);

    private ServerProcess Launch() =>
        ServerProcess.Launch(nameof(RestartTests), "DataDirectory=" + Data, "Kafka:Listen=127.0.0.1:0", "Http:Listen=off", "Journal:FileBytes=16MiB");

    private static Task ProduceAsync(ServerProcess server, string lines) =>
        RunAsync(server, Client.Kcat, ["-P", "-b", server.Bootstrap, "-t", "kept", "-p", "0", "-X", "acks=all"], Encoding.UTF8.GetBytes(lines));

    private static async Task<string> ConsumeAsync(ServerProcess server) =>
        (await RunAsync(server, Client.Kcat, ["-C", "-b", server.Bootstrap, "-t", "kept", "-o", "beginning", "-e", "-q"])).Text;

    // Topics, partitions and the cluster's identity, but for the port, which is another one each time.
    private static async Task<byte[]> MetadataAsync(ServerProcess server)
    {
        string text = (await RunAsync(server, Client.Kcat, ["-L", "-J", "-b", server.Bootstrap])).Text;
        return Encoding.UTF8.GetBytes(text.Replace(server.Bootstrap, "bootstrap", StringComparison.Ordinal));
    }

    private static async Task<ClientResult> RunAsync(ServerProcess server, Client client, string[] arguments, byte[]? input = null) =>
        (await ClientProcess.RunAsync(client.Program, [.. client.Arguments, .. arguments], input)).Required(() => "The server's log ends with:\n" + server.Output.Tail(30));
}
