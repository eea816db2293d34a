using System.Globalization;

namespace GrainStream.Server.Inspection;

/// <summary>What follows <c>log</c> on the command line, read but not yet acted on.</summary>
/// <param name="Command">dump, verify or export.</param>
/// <param name="Paths">What is neither an option nor a setting.</param>
/// <param name="Settings">Arguments for the configuration, as they were given.</param>
/// <param name="Json">One JSON object on each line instead of tables.</param>
/// <param name="Records">Also the records.</param>
/// <param name="Offset">Leave out what ends at or below this offset; null: nothing.</param>
/// <param name="Limit">Print at most so many frames, batches or entries; null: all.</param>
internal sealed record LogArguments(
    string Command, IReadOnlyList<string> Paths, IReadOnlyList<string> Settings, bool Json, bool Records, long? Offset, long? Limit)
{
    private const string Dump = "dump";
    private const string Verify = "verify";
    private const string Export = "export";

    /// <summary>Reads them; if they cannot be right, <paramref name="problem"/> says what to write instead.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, out LogArguments parsed, out string problem)
    {
        parsed = new LogArguments(arguments.Count > 0 ? arguments[0] : "", [], [], Json: false, Records: false, Offset: null, Limit: null);
        if (parsed.Command is not (Dump or Verify or Export))
        {
            problem = parsed.Command.Length == 0
                ? "Which one? dump, verify or export."
                : $"There is no \"log {parsed.Command}\". There are dump, verify and export.";
            return false;
        }

        List<string> paths = [];
        List<string> settings = [];
        problem = "";
        for (int i = 1; i < arguments.Count && problem.Length == 0; i++)
        {
            string argument = arguments[i];
            if (parsed.Command == Verify && argument.StartsWith("--", StringComparison.Ordinal) && argument.Contains(':', StringComparison.Ordinal))
            {
                settings.Add(argument);
                if (!argument.Contains('=', StringComparison.Ordinal) && i + 1 < arguments.Count)
                {
                    settings.Add(arguments[++i]);
                }
            }
            else if (!argument.StartsWith('-') || argument == "-")
            {
                paths.Add(argument);
            }
            else
            {
                parsed = parsed.WithOption(arguments, ref i, out problem);
            }
        }

        parsed = parsed with { Paths = paths, Settings = settings };
        problem = problem.Length > 0 ? problem : parsed.PathProblem();
        return problem.Length == 0;
    }

    private LogArguments WithOption(IReadOnlyList<string> arguments, ref int at, out string problem)
    {
        string[] parts = arguments[at].Split('=', 2);
        string name = parts[0];
        problem = "";
        switch (name)
        {
            case "--json" when parts.Length == 1:
                return this with { Json = true };
            case "--records" when parts.Length == 1 && Command == Dump:
                return this with { Records = true };
            case "--offset" or "--limit" when Command == Dump:
                string? value = parts.Length == 2 ? parts[1] : at + 1 < arguments.Count ? arguments[++at] : null;
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                {
                    problem = $"{name} takes a number from 0 on, such as {name} 1000{(value is null ? "" : $", not \"{value}\"")}.";
                }

                return name == "--offset" ? this with { Offset = number } : this with { Limit = number };
            default:
                problem = $"\"log {Command}\" has no option {arguments[at]}.";
                return this;
        }
    }

    private string PathProblem() => (Command, Paths.Count) switch
    {
        (Dump, 1) or (Verify, 0) or (Export, 2) => "",
        (Dump, 0) => "Which file? Write: log dump PATH",
        (Dump, _) => "One file at a time. Write: log dump PATH",
        (Verify, _) => $"It takes no path. To check another directory: log verify --GrainStream:DataDirectory={Paths[0]}",
        _ => "From which segment, to which file? Write: log export SEGMENT FILE",
    };
}
