using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>A disk that fills up under a running server, and has room again later.</summary>
public sealed class DiskFullTests
{
    [MountFact]
    public async Task Writers_are_refused_reads_go_on_and_writing_recovers_when_there_is_room_again()
    {
        using SmallDisk disk = await SmallDisk.MountAsync(megabytes: 48);
        string filler = Path.Combine(disk.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[16 << 20]);
        string data = Path.Combine(disk.Path, "data");
        string taken;
        await using (ServerProcess server = await StartAsync(data))
        {
            taken = await RunAsync(server, "produce_until_refused", "full");
            Assert.True(taken.Length > 0, "the first record was refused already");
            Assert.Equal(taken, await RunAsync(server, "consume_numbers", "full"));

            File.Delete(filler);
            await RunAsync(server, "produce_when_possible", "full");
            Assert.Equal(taken + "recovere\n", await RunAsync(server, "consume_numbers", "full"));
            Assert.Equal(0, await server.StopAsync());
        }

        await using ServerProcess again = await StartAsync(data);
        Assert.Equal(taken + "recovere\n", await RunAsync(again, "consume_numbers", "full"));
    }

    private static Task<ServerProcess> StartAsync(string data) => ServerProcess.StartAsync(nameof(DiskFullTests), data, "Journal:FileBytes=4MiB");

    private static async Task<string> RunAsync(ServerProcess server, string scenario, string topic) =>
        (await ClientProcess.RunAsync(Client.Confluent.Program, [.. Client.Confluent.Arguments, scenario, server.Bootstrap, topic]))
        .Required(() => "The server's log ends with:\n" + server.Output.Tail(30)).Text;
}
