using System.Diagnostics;

namespace GrainStream.TestKit.Objects;

/// <summary>The Azure storage emulator, on a free port of this machine and with its data in a directory that goes away. test.sh installs it by npm.</summary>
public sealed class Azurite : IAsyncDisposable
{
    // Published by Microsoft for the emulator, and no secret: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Listening = "Blob service successfully listens on ";

    /// <summary>Its start takes a second or two; the machine may be busy with other tests.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly TemporaryDirectory _directory;

    private Azurite(Process process, TemporaryDirectory directory)
    {
        _process = process;
        _directory = directory;
    }

    /// <summary>Why it cannot run here, and how to mend that; null if it can.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>What a client of its blob service needs.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Address of the account, to which a container's name is appended.</summary>
    public Uri AccountUri { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<Azurite> StartAsync()
    {
        ProcessOutput output = new();
        TemporaryDirectory directory = new();
        Process process = new()
        {
            StartInfo = new ProcessStartInfo("node")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                WorkingDirectory = directory.Path,
            },
        };

        // The SDK may speak a later version of the service than the emulator knows; what is used here has not changed in years.
        foreach (string argument in (string[])[Program(), "--blobHost", "127.0.0.1", "--blobPort", "0", "--location", directory.Path, "--skipApiVersionCheck", "--disableTelemetry"])
        {
            process.StartInfo.ArgumentList.Add(argument);
        }

        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                output.Add(line.Data);
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Azurite azurite = new(process, directory);
        try
        {
            string line = await output.WaitForLineAsync(text => text.Contains(Listening, StringComparison.Ordinal), StartTimeout, "line that says where Azurite listens");
            string address = line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim().TrimEnd('/');
            azurite.AccountUri = new Uri($"{address}/{Account}/");
            azurite.ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={address}/{Account};";
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static string Folder() => Path.Combine(Repository.Root, "tests", "GrainStream.Storage.Azure.Tests", "azurite");

    private static string Program() => Path.Combine(Folder(), "node_modules", "azurite", "dist", "src", "blob", "main.js");

    private static string? FindMissing()
    {
        bool hasNode = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node")));
        return !hasNode ? "needs Azurite, and so Node.js"
            : !File.Exists(Program()) ? "needs Azurite: (cd tests/GrainStream.Storage.Azure.Tests/azurite && npm ci)"
            : null;
    }
}
