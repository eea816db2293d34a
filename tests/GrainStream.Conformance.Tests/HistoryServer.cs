using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>
/// A server whose journal and segments are so small that nearly everything it stores goes to the object store soon and is read back from there. It keeps its
/// data directory over restarts.
/// </summary>
public sealed class HistoryServer : IAsyncDisposable
{
    /// <summary>The local budget: a fraction of what any test writes.</summary>
    public const long JournalBytes = 2 << 20;

    private static readonly string[] Settings =
    [
        "Journal:MaxBytes=2MiB",
        "Journal:FileBytes=128KiB",
        "Broker:log.segment.bytes=131072",
        "Broker:log.retention.check.interval.ms=200",
        "Broker:log.segment.delete.delay.ms=0",
    ];

    private readonly TemporaryDirectory _directory = new();
    private readonly string _owner;
    private ServerProcess? _process;

    private HistoryServer(string owner) => _owner = owner;

    /// <summary>The process that runs now.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>What clients connect to; another address after each start.</summary>
    public string Bootstrap => Process.Bootstrap;

    /// <summary>The data directory.</summary>
    public string Data => _directory.Combine("data");

    private string Objects => Path.Combine(Data, "objects");

    /// <summary>Starts one on a new data directory.</summary>
    /// <param name="owner">Names the log file: the test class.</param>
    public static async Task<HistoryServer> StartAsync(string owner)
    {
        HistoryServer server = new(owner);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it again on the same data.</summary>
    public async Task StartAgainAsync() => _process = await ServerProcess.StartAsync(_owner, Data, Settings);

    /// <summary>Asks it to stop, and waits until it has, in good order.</summary>
    public async Task StopAsync()
    {
        Assert.Equal(0, await Process.StopAsync());
        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>Runs a client; if it fails, the test fails with what it printed and the end of the server's log.</summary>
    public async Task<ClientResult> RunAsync(Client client, IEnumerable<string> arguments, byte[]? input = null, TimeSpan? timeout = null) =>
        (await ClientProcess.RunAsync(client.Program, [.. client.Arguments, .. arguments], input, timeout))
        .Required(() => "The server's log ends with:\n" + Process.Output.Tail(40));

    /// <summary>Bytes of all segments in the store.</summary>
    public long SegmentBytes() => SegmentFiles().Sum(LengthOf);

    /// <summary>The files of all segments.</summary>
    public IReadOnlyList<string> SegmentFiles() => Files(Objects, "*.segment");

    /// <summary>Folders of topics in the store.</summary>
    public IReadOnlyList<string> TopicFolders() => Directory.Exists(Objects)
        ? [.. Directory.EnumerateDirectories(Objects).Where(path => !Path.GetFileName(path).StartsWith('.'))]
        : [];

    /// <summary>Bytes that the journal's files take.</summary>
    public long JournalFileBytes() => Files(Path.Combine(Data, "journal"), "*.journal").Sum(LengthOf);

    /// <summary>Checks the stopped server's directory with <c>grainstream log verify</c>; fails with what it found.</summary>
    public Task VerifyAsync() => LogAsync("verify", "--data-directory=" + Data);

    /// <summary>Runs a <c>log</c> command, which must find all well.</summary>
    public static async Task LogAsync(params string[] arguments) =>
        (await ClientProcess.RunAsync("dotnet", ["exec", Repository.CliAssembly, "log", .. arguments])).Required();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _directory.Dispose();
    }

    private static IReadOnlyList<string> Files(string directory, string pattern)
    {
        try
        {
            return Directory.Exists(directory) ? Directory.GetFiles(directory, pattern, SearchOption.AllDirectories) : [];
        }
        catch (DirectoryNotFoundException)
        {
            // A folder was deleted while it was being listed.
            return [];
        }
    }

    private static long LengthOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (FileNotFoundException)
        {
            // Deleted since it was listed.
            return 0;
        }
    }
}
