using GrainStream.Server.Options;

namespace GrainStream.Server;

/// <summary>
/// The server's command line: .NET's configuration arguments, checked, because configuration itself passes over what it does not know.
/// </summary>
public static class CommandLine
{
    private static readonly string[] Roots = [SettingsSection.Name + ":", "Logging:"];

    /// <summary>True if usage is asked for.</summary>
    public static bool AsksForHelp(IEnumerable<string> arguments) => arguments.Any(argument => argument is "--help" or "-h" or "-?" or "/?" or "help");

    /// <summary>True if the version is asked for.</summary>
    public static bool AsksForVersion(IEnumerable<string> arguments) => arguments.Any(argument => argument is "--version");

    /// <summary>Arguments that are no settings.</summary>
    public static IReadOnlyList<SettingProblem> Check(IReadOnlyList<string> arguments)
    {
        List<SettingProblem> problems = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            string name = argument.TrimStart('-', '/');
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? name : name[..equals];
            bool isOption = argument.StartsWith("--", StringComparison.Ordinal);
            if (!isOption && equals < 0)
            {
                problems.Add(new SettingProblem(argument, null, $"It is not a setting. Settings are written --{Roots[0]}Name=value."));
            }
            else if (!Roots.Any(root => key.StartsWith(root, StringComparison.OrdinalIgnoreCase)))
            {
                problems.Add(new SettingProblem(argument, null, "There is no such option." + Suggestion(key)));
            }
            else if (equals < 0 && ++i >= arguments.Count)
            {
                problems.Add(new SettingProblem(argument, null, $"Its value is missing. Write {argument}=value."));
            }
        }

        return problems;
    }

    private static string Suggestion(string key)
    {
        // Most often the section is left out or misspelt.
        string tail = key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..];
        string? nearest = NearestName.Of(key, ServerSettings.All.Select(setting => setting.Key))
            ?? NearestName.Of(tail, ServerSettings.All.Select(setting => setting.Key));
        return nearest is null ? " --help lists the settings." : $" Did you mean --{Roots[0]}{nearest}?";
    }
}
