using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>One server process for the tests of a class, on a data directory of its own.</summary>
/// <typeparam name="TTests">The test class; names the server's log.</typeparam>
public sealed class ServerFixture<TTests> : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private ServerProcess? _server;

    /// <summary>What clients connect to.</summary>
    public string Bootstrap => Server.Bootstrap;

    /// <summary>The running server.</summary>
    public ServerProcess Server => _server ?? throw new InvalidOperationException("The server has not started.");

    public async Task InitializeAsync() =>
        _server = await ServerProcess.StartAsync(typeof(TTests).Name, _directory.Combine("data"));

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            int status = _server.HasExited ? -1 : await _server.StopAsync();
            string output = _server.Output.Tail(60);
            await _server.DisposeAsync();
            if (status != 0)
            {
                throw new InvalidOperationException($"The server ended with {status}:\n{output}");
            }
        }
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Runs a client; if it fails, the test fails with what it printed and the end of the server's log.</summary>
    public async Task<ClientResult> RunAsync(Client client, IEnumerable<string> arguments, byte[]? input = null, TimeSpan? timeout = null) =>
        (await ClientProcess.RunAsync(client.Program, [.. client.Arguments, .. arguments], input, timeout)).Required(ServerLog);

    private string ServerLog() => "The server's log ends with:\n" + Server.Output.Tail(30);
}
