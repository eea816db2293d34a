using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace GrainStream.TestKit;

/// <summary>
/// A real server process on ephemeral ports. What it prints is kept, and with the environment variable <c>GRAINSTREAM_TEST_LOGS</c>
/// also written to that directory, under the name of the test class, for test.sh to show on failure.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>Far beyond the second that a start takes: the machine may be busy with other tests.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Beyond any flush of a full journal.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private const int SigInt = 2;
    private const int SigTerm = 15;

    private static int _logs;

    private readonly Process _process;
    private readonly StreamWriter? _log;

    private ServerProcess(Process process, ProcessOutput output, StreamWriter? log)
    {
        _process = process;
        _log = log;
        Output = output;
    }

    /// <summary>What it printed, standard output and standard error together.</summary>
    public ProcessOutput Output { get; }

    /// <summary>What Kafka clients connect to, such as <c>127.0.0.1:40123</c>.</summary>
    public string Bootstrap { get; private set; } = "";

    /// <summary>Base of the HTTP addresses, without a slash at the end.</summary>
    public string Http { get; private set; } = "";

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>True once the process is gone.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts a server on a data directory and waits until it is ready.</summary>
    /// <param name="owner">Names the log file: the test class.</param>
    /// <param name="dataDirectory">Its data directory.</param>
    /// <param name="settings">Further settings, <c>Name=value</c> below <c>GrainStream:</c>; they override the ports chosen here.</param>
    public static async Task<ServerProcess> StartAsync(string owner, string dataDirectory, params string[] settings)
    {
        ServerProcess server = Launch(owner, ["DataDirectory=" + dataDirectory, "Kafka:Listen=127.0.0.1:0", "Http:Listen=127.0.0.1:0", .. settings]);
        try
        {
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a launched server is ready, and learns its addresses.</summary>
    public async Task WaitUntilReadyAsync()
    {
        await Output.WaitForLineAsync(line => line.StartsWith("  Ready ", StringComparison.Ordinal), StartTimeout, "\"Ready\" line");
        Bootstrap = ValueOf("Kafka");
        Http = ValueOf("HTTP");
    }

    /// <summary>Starts a server without waiting for anything; for starts that are to fail.</summary>
    public static ServerProcess Launch(string owner, params string[] settings) =>
        LaunchWith(owner, settings.Select(setting => "--GrainStream:" + setting), environment: []);

    /// <summary>Starts a server with these arguments as they are and these environment variables.</summary>
    /// <param name="owner">Names the log file: the test class.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Environment variables it gets beside this process's.</param>
    /// <param name="workingDirectory">Where it is started; null: the system's directory for temporary files.</param>
    /// <param name="wrapper">A command that prepares the process and then replaces itself by the command that follows; null for none.</param>
    public static ServerProcess LaunchWith(
        string owner,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        string? workingDirectory = null,
        IReadOnlyList<string>? wrapper = null)
    {
        string[] command = [.. wrapper ?? [], "dotnet", "exec", Repository.ServerAssembly, .. arguments];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        StreamWriter? log = OpenLog(owner);
        log?.WriteLine("$ " + string.Join(' ', command));
        ProcessOutput output = new(log is null ? null : TextWriter.Synchronized(log));
        Process process = new() { StartInfo = start };
        int open = 2;
        void Receive(object sender, DataReceivedEventArgs data)
        {
            // Each of the two streams ends with a null.
            if (data.Data is not null || Interlocked.Decrement(ref open) == 0)
            {
                output.Add(data.Data);
            }
        }

        process.OutputDataReceived += Receive;
        process.ErrorDataReceived += Receive;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(process, output, log);
    }

    /// <summary>The value behind a label of the start-up text, such as <c>Data</c>.</summary>
    public string ValueOf(string label) =>
        Output.ToString().Split('\n')
            .Where(line => line.StartsWith("  " + label + " ", StringComparison.Ordinal))
            .Select(line => line[(label.Length + 2)..].Trim().Split("  ")[0])
            .FirstOrDefault()
        ?? throw new InvalidOperationException($"The server printed no line \"{label}\":\n{Output}");

    /// <summary>Asks it to stop (SIGTERM) and waits. Returns its exit status.</summary>
    public Task<int> StopAsync()
    {
        Signal(SigTerm);
        return WaitForExitAsync(StopTimeout);
    }

    /// <summary>What Ctrl+C does.</summary>
    public void Interrupt() => Signal(SigInt);

    /// <summary>Ends it at once (SIGKILL): nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync(StopTimeout);
    }

    /// <summary>Waits for the process to end by itself. Returns its exit status.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using CancellationTokenSource expired = new(timeout);
        try
        {
            await _process.WaitForExitAsync(expired.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The server did not end within {timeout.TotalSeconds:0} s. It printed:\n{Output.Tail(60)}");
        }

        return _process.ExitCode;
    }

    /// <summary>One field of <c>/proc/&lt;id&gt;/status</c> in KiB, such as <c>VmRSS</c> or <c>VmHWM</c>.</summary>
    public long MemoryKiB(string field) =>
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/status"))
            .Where(line => line.StartsWith(field + ":", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
            .First();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited && Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill({_process.Id}, {signal}) failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static StreamWriter? OpenLog(string owner)
    {
        string? directory = Environment.GetEnvironmentVariable("GRAINSTREAM_TEST_LOGS");
        return string.IsNullOrEmpty(directory)
            ? null
            : new StreamWriter(Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{owner}-{Interlocked.Increment(ref _logs)}.log")));
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
