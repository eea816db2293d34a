using GrainStream.TestKit;

namespace GrainStream.Cli.Tests;

/// <summary>The real executable, its output captured.</summary>
internal static class CliProcess
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "grainstream.dll");

    public static Task<ClientResult> RunAsync(params IEnumerable<string> arguments) => RunAsync(input: "", arguments);

    /// <summary>Runs it to its end.</summary>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Task<ClientResult> RunAsync(string input, IEnumerable<string> arguments) =>
        ClientProcess.RunAsync("dotnet", ["exec", Assembly, .. arguments], System.Text.Encoding.UTF8.GetBytes(input));
}
