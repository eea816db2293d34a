using System.Net;
using System.Net.Sockets;
using GrainStream.TestKit;
using ServerProcess = GrainStream.TestKit.ServerProcess;

namespace GrainStream.Server.Tests;

/// <summary>The built server as a process: what it prints, what it refuses, and how it ends.</summary>
public sealed class ServerStartTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Data => _directory.Combine("data");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_says_where_it_listens_where_data_lives_and_how_to_stop()
    {
        await using ServerProcess server = await StartAsync();
        Assert.Matches(@"^127\.0\.0\.1:\d+$", server.Bootstrap);
        Assert.Matches(@"^http://127\.0\.0\.1:\d+$", server.Http);
        Assert.Equal(Data, server.ValueOf("Data"));
        Assert.Contains("Ctrl+C stops it.", server.Output.ToString());
        using TcpClient client = new();
        await client.ConnectAsync(IPEndPoint.Parse(server.Bootstrap));
    }

    [Fact]
    public async Task It_stops_in_good_order_when_told_to()
    {
        await using ServerProcess server = await StartAsync();
        Assert.Equal((int)ExitCode.Stopped, await server.StopAsync());
        Assert.Contains("Stopped.", server.Output.ToString());
    }

    [Fact]
    public async Task Ctrl_C_stops_it_in_good_order()
    {
        await using ServerProcess server = await StartAsync();
        server.Interrupt();
        Assert.Equal((int)ExitCode.Stopped, await server.WaitForExitAsync(ServerProcess.StopTimeout));
    }

    [Fact]
    public async Task It_starts_again_on_what_it_left()
    {
        await using (ServerProcess first = await StartAsync())
        {
            await first.StopAsync();
        }

        await using ServerProcess second = await StartAsync();
        await second.KillAsync();
        await using ServerProcess third = await StartAsync();
        Assert.Equal((int)ExitCode.Stopped, await third.StopAsync());
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused()
    {
        await using ServerProcess first = await StartAsync();
        await using ServerProcess second = LaunchOn(Data);
        await AssertRefusedAsync(second, ExitCode.DataDirectoryUnusable, Data, "in use by another process", "GrainStream:DataDirectory");
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_data_directory_is_refused()
    {
        await File.WriteAllTextAsync(Data, "");
        await using ServerProcess server = LaunchOn(Data);
        await AssertRefusedAsync(server, ExitCode.DataDirectoryUnusable, Data, "GrainStream:DataDirectory");
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_refused()
    {
        // Not even root can make a directory in /proc.
        await using ServerProcess server = LaunchOn("/proc/grainstream");
        await AssertRefusedAsync(server, ExitCode.DataDirectoryUnusable, "/proc/grainstream", "GrainStream:DataDirectory");
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_is_refused()
    {
        // Every user, root included, is denied making files in a process's own entry.
        await using ServerProcess server = LaunchOn("/proc/self");
        await AssertRefusedAsync(server, ExitCode.DataDirectoryUnusable, "/proc/self", "GrainStream:DataDirectory");
    }

    [Theory]
    [InlineData("Kafka:Listen")]
    [InlineData("Http:Listen")]
    public async Task A_port_that_is_taken_is_named_with_its_setting(string setting)
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        await using ServerProcess server = ServerProcess.Launch(
            nameof(ServerStartTests), "DataDirectory=" + Data, "Kafka:Listen=127.0.0.1:0", "Http:Listen=127.0.0.1:0", $"{setting}={taken.LocalEndpoint}");
        await AssertRefusedAsync(server, ExitCode.AddressUnavailable, $"Another process listens on {taken.LocalEndpoint}", $"GrainStream:{setting}");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_refused()
    {
        // TEST-NET-1: never an address of a real machine.
        await using ServerProcess server = ServerProcess.Launch(
            nameof(ServerStartTests), "DataDirectory=" + Data, "Kafka:Listen=192.0.2.1:9092", "Http:Listen=off");
        await AssertRefusedAsync(server, ExitCode.AddressUnavailable, "192.0.2.1:9092", "not an address of this machine");
    }

    [Fact]
    public async Task All_wrong_settings_are_told_at_once()
    {
        await using ServerProcess server = ServerProcess.LaunchWith(
            nameof(ServerStartTests),
            ["--GrainStream:Kafka:Listen=nowhere", "--GrainStream:Journal:FileBytes=12", "--GrainStream:Broker:num.partitons=3", "--Kafka:Listen=127.0.0.1:1"],
            [new("GrainStream__Colour", "blue"), new("GrainStream__Broker__message_max_bytes", "many")]);
        await AssertRefusedAsync(
            server,
            ExitCode.WrongSettings,
            "6 settings are wrong",
            "GrainStream:Kafka:Listen = nowhere",
            "GrainStream:Journal:FileBytes = 12",
            "num.partitions",
            "Did you mean --GrainStream:Kafka:Listen?",
            "GrainStream:Colour",
            "message.max.bytes");
    }

    [Fact]
    public async Task Settings_come_from_a_file_then_the_environment_then_the_command_line()
    {
        await File.WriteAllTextAsync(
            _directory.Combine("appsettings.json"),
            """{ "GrainStream": { "DataDirectory": "from-file", "Kafka": { "Listen": "127.0.0.1:1" }, "Http": { "Listen": "127.0.0.1:1" } } }""");
        await using ServerProcess server = ServerProcess.LaunchWith(
            nameof(ServerStartTests),
            ["--GrainStream:Kafka:Listen=127.0.0.1:0"],
            [new("GrainStream__Kafka__Listen", "127.0.0.1:2"), new("GrainStream__Http__Listen", "127.0.0.1:0")],
            _directory.Path);
        await server.WaitUntilReadyAsync();
        Assert.Equal(_directory.Combine("from-file"), server.ValueOf("Data"));
    }

    [Fact]
    public async Task A_settings_file_that_is_not_JSON_is_named()
    {
        string file = _directory.Combine("appsettings.json");
        await File.WriteAllTextAsync(file, "{ \"GrainStream\": { ");
        await using ServerProcess server = ServerProcess.LaunchWith(nameof(ServerStartTests), [], [], _directory.Path);
        await AssertRefusedAsync(server, ExitCode.WrongSettings, file, "LineNumber");
    }

    [Fact]
    public async Task Help_lists_every_setting()
    {
        await using ServerProcess server = ServerProcess.LaunchWith(nameof(ServerStartTests), ["--help"], []);
        Assert.Equal(0, await server.WaitForExitAsync(ServerProcess.StartTimeout));
        Assert.All(GrainStream.Server.Options.ServerSettings.All, setting => Assert.Contains($"GrainStream:{setting.Key}", server.Output.ToString()));
        Assert.Contains("num.partitions", server.Output.ToString());
    }

    [Fact]
    public async Task Health_and_metrics_are_served()
    {
        await using ServerProcess server = await StartAsync();
        using HttpClient http = new();
        using HttpResponseMessage health = await http.GetAsync(server.Http + "/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using HttpResponseMessage metrics = await http.GetAsync(server.Http + "/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", metrics.Content.Headers.ContentType?.ToString());
        string text = await metrics.Content.ReadAsStringAsync();
        Assert.Contains("# TYPE grainstream_partitions gauge\n", text);
        Assert.Contains("# TYPE dotnet_process_cpu_time_seconds_total counter\n", text);
        Assert.Contains("process_uptime_seconds ", text);
    }

    private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(nameof(ServerStartTests), Data);

    private static ServerProcess LaunchOn(string directory) =>
        ServerProcess.Launch(nameof(ServerStartTests), "DataDirectory=" + directory, "Kafka:Listen=127.0.0.1:0", "Http:Listen=127.0.0.1:0");

    private static async Task AssertRefusedAsync(ServerProcess server, ExitCode code, params string[] says)
    {
        int status = await server.WaitForExitAsync(ServerProcess.StartTimeout);
        string output = server.Output.ToString();
        Assert.All(says, text => Assert.Contains(text, output));
        Assert.Equal((int)code, status);
        Assert.DoesNotContain("   at ", output);
        Assert.DoesNotContain("Exception", output);
    }
}
