using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>
/// <c>kill -9</c> under load: bench/kill9.sh with its numbered records, its idempotent acks=all producer and its verifier, five times here,
/// fifty times with <c>./test.sh --full</c>; as often again with a journal and segments so small that most of it goes to the object store meanwhile.
/// </summary>
public sealed class KillTests
{
    // Fifty kills, each with a recovery, and two verifications.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData("")]
    [InlineData("--history")]
    public async Task Every_acknowledged_record_is_there_once_and_in_order_after_the_server_was_killed_again_and_again(string option)
    {
        using TemporaryDirectory directory = new();
        string kills = Environment.GetEnvironmentVariable("GRAINSTREAM_CONFORMANCE_FULL") == "1" ? "50" : "5";
        string script = Path.Combine(Repository.Root, "bench", "kill9.sh");
        ClientResult result = await ClientProcess.RunAsync(
            script,
            ["--no-build", "--kills", kills, "--data", directory.Path, .. option.Length == 0 ? [] : (string[])[option]],
            timeout: Timeout,
            environment: [new("GRAINSTREAM_SERVER", Repository.ServerAssembly)]);
        result.Required(() => string.Concat(Directory.GetFiles(directory.Path, "server.log", SearchOption.AllDirectories).Select(TailOf)));
    }

    private static string TailOf(string log) => $"{log} ends with:\n{string.Join('\n', File.ReadLines(log).TakeLast(40))}\n";
}
