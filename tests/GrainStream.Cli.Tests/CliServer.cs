using System.Text.Json;
using GrainStream.TestKit;

namespace GrainStream.Cli.Tests;

/// <summary>A real server for the tests of a class, and the command line that talks to it.</summary>
public sealed class CliServer : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private ServerProcess _server = null!;

    public string Bootstrap => _server.Bootstrap;

    public async Task InitializeAsync() => _server = await ServerProcess.StartAsync(
        nameof(CliServer), _directory.Combine("data"), "Broker:group.initial.rebalance.delay.ms=0", "Broker:num.partitions=2");

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>Runs a command against the server.</summary>
    public Task<ClientResult> RunAsync(params IEnumerable<string> arguments) => CliProcess.RunAsync([.. arguments, "-b", Bootstrap]);

    /// <summary>Runs a command with something on standard input.</summary>
    public Task<ClientResult> PipeAsync(string input, params IEnumerable<string> arguments) => CliProcess.RunAsync(input, [.. arguments, "-b", Bootstrap]);

    /// <summary>Runs a command that has to succeed, and returns its one JSON document.</summary>
    public async Task<JsonElement> JsonAsync(params IEnumerable<string> arguments) =>
        JsonDocument.Parse((await RunAsync([.. arguments, "--json"])).Required().Text).RootElement;
}
