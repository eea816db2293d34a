using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>A disk that fills up under a running server and has room again later; and one that fails.</summary>
public sealed class DiskTests
{
    private const int StorageFailed = 6;

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

    [Fact]
    public async Task A_disk_that_fails_ends_the_server_and_what_was_acknowledged_is_there_when_it_starts_again()
    {
        using TemporaryDirectory directory = new();
        string data = directory.Combine("data");
        await using (ServerProcess server = LaunchWithoutFileSizeSignal(data))
        {
            await server.WaitUntilReadyAsync();
            await RunAsync(server, "produce_when_possible", "failing");

            // From now on the system refuses writes beyond the journal's first blocks, as a broken disk would.
            (await ClientProcess.RunAsync("prlimit", [$"--pid={server.Id}", "--fsize=4096"])).Required();
            await ClientProcess.RunAsync("kcat", ["-P", "-b", server.Bootstrap, "-t", "failing", "-X", "message.timeout.ms=5000"], "lost\n"u8.ToArray());
            Assert.Equal(StorageFailed, await server.WaitForExitAsync(ServerProcess.StopTimeout));
            Assert.Contains("The server has stopped, because the disk failed.", server.Output.ToString());
        }

        await using ServerProcess again = await StartAsync(data);
        Assert.Equal("recovere\n", await RunAsync(again, "consume_numbers", "failing"));
    }

    // The signal would end the process before it learns of the error; ignored signals stay ignored in the program that replaces the shell.
    private static ServerProcess LaunchWithoutFileSizeSignal(string data) => ServerProcess.LaunchWith(
        nameof(DiskTests),
        ["--GrainStream:DataDirectory=" + data, "--GrainStream:Kafka:Listen=127.0.0.1:0", "--GrainStream:Http:Listen=127.0.0.1:0", "--GrainStream:Journal:FileBytes=4MiB"],
        environment: [],
        wrapper: ["bash", "-c", "trap '' XFSZ; exec \"$@\"", "bash"]);

    private static Task<ServerProcess> StartAsync(string data) => ServerProcess.StartAsync(nameof(DiskTests), data, "Journal:FileBytes=4MiB");

    private static async Task<string> RunAsync(ServerProcess server, string scenario, string topic) =>
        (await ClientProcess.RunAsync(Client.Confluent.Program, [.. Client.Confluent.Arguments, scenario, server.Bootstrap, topic]))
        .Required(() => "The server's log ends with:\n" + server.Output.Tail(30)).Text;
}
