using System.Text.Json;

namespace GrainStream.Cli.Tests.Inspection;

/// <summary>A <c>log</c> command that has been run: what it printed and ended with.</summary>
internal sealed record LogRun(ExitCode Code, string Output, string Errors)
{
    /// <summary>The lines of <c>--json</c>.</summary>
    public IReadOnlyList<JsonElement> Lines =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Findings of a severity in the lines of <c>--json</c>.</summary>
    public IReadOnlyList<JsonElement> Findings(string severity) =>
        [.. Lines.Where(line => line.GetProperty("type").GetString() == "finding" && line.GetProperty("severity").GetString() == severity)];

    /// <summary>Lines of <c>--json</c> of one type.</summary>
    public IReadOnlyList<JsonElement> Of(string type) => [.. Lines.Where(line => line.GetProperty("type").GetString() == type)];

    /// <summary>Runs one as the executable does.</summary>
    public static async Task<LogRun> Async(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter errors = new() { NewLine = "\n" };
        int code = await CommandTree.RunAsync(["log", .. arguments], output, errors);
        return new LogRun((ExitCode)code, output.ToString(), errors.ToString());
    }

    /// <summary><c>log verify --json</c> of a data directory.</summary>
    public static Task<LogRun> VerifyAsync(string data) => Async("verify", "--json", "--data-directory=" + data);
}
