using System.Globalization;
using System.Text;
using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests.Groups;

/// <summary>
/// A server whose groups lose no time: first rebalances hardly wait for more members, and members of the consumer protocol are heard of twice a second and
/// given up after six. It keeps its address over restarts, so that clients find it again.
/// </summary>
internal sealed class GroupServer : IAsyncDisposable
{
    private static readonly string[] Settings =
    [
        "Broker:group.initial.rebalance.delay.ms=100",
        "Broker:group.consumer.min.heartbeat.interval.ms=500",
        "Broker:group.consumer.heartbeat.interval.ms=500",
        "Broker:group.consumer.min.session.timeout.ms=6000",
        "Broker:group.consumer.session.timeout.ms=6000",
    ];

    private readonly TemporaryDirectory _directory = new();
    private readonly string _owner;
    private readonly string[] _further;
    private ServerProcess? _process;

    private GroupServer(string owner, string[] further)
    {
        _owner = owner;
        _further = further;
    }

    /// <summary>The process that runs now.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>What clients connect to, the same after each start.</summary>
    public string Bootstrap { get; private set; } = "127.0.0.1:0";

    /// <summary>Starts one on a new data directory.</summary>
    /// <param name="owner">Names the log file: the test class.</param>
    /// <param name="settings">Further settings, <c>Name=value</c> below <c>GrainStream:</c>.</param>
    public static async Task<GroupServer> StartAsync(string owner, params string[] settings)
    {
        GroupServer server = new(owner, settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it again on the same data and address.</summary>
    public async Task StartAgainAsync()
    {
        _process = await ServerProcess.StartAsync(_owner, _directory.Combine("data"), ["Kafka:Listen=" + Bootstrap, .. Settings, .. _further]);
        Bootstrap = _process.Bootstrap;
    }

    /// <summary>Ends it with SIGKILL and starts it again.</summary>
    public async Task RestartAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        await StartAgainAsync();
    }

    /// <summary>Runs a client; if it fails, the test fails with what it printed and the end of the server's log.</summary>
    public async Task<ClientResult> RunAsync(Client client, IEnumerable<string> arguments, byte[]? input = null) =>
        (await ClientProcess.RunAsync(client.Program, [.. client.Arguments, .. arguments], input)).Required(() => "The server's log ends with:\n" + Process.Output.Tail(30));

    /// <summary>Makes a topic.</summary>
    public Task CreateTopicAsync(string topic, int partitions) =>
        RunAsync(Client.KafkaPython, ["create_topic", Bootstrap, topic, partitions.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Writes records with the values from..to, each with a key of its own, to a topic; the values.</summary>
    public async Task<string[]> ProduceAsync(string topic, int from, int to)
    {
        string[] values = [.. Enumerable.Range(from, to - from).Select(number => $"{topic}/{number}")];
        string lines = string.Concat(values.Select((value, number) => string.Create(CultureInfo.InvariantCulture, $"k{from + number}\t{value}\n")));
        await RunAsync(Client.Kcat, ["-P", "-b", Bootstrap, "-t", topic, "-K", "\t", "-X", "acks=all"], Encoding.UTF8.GetBytes(lines));
        return values;
    }

    /// <summary>Writes records to one partition of a topic; their values.</summary>
    public async Task<string[]> ProduceToAsync(string topic, int partition, int count)
    {
        string[] values = [.. Enumerable.Range(0, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{topic}-{partition}/{number}"))];
        byte[] lines = Encoding.UTF8.GetBytes(string.Join('\n', values) + "\n");
        await RunAsync(Client.Kcat, ["-P", "-b", Bootstrap, "-t", topic, "-p", partition.ToString(CultureInfo.InvariantCulture), "-X", "acks=all"], lines);
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _directory.Dispose();
    }
}
