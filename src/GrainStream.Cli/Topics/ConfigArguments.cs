using System.CommandLine;

namespace GrainStream.Cli.Topics;

/// <summary>Settings on the command line.</summary>
internal static class ConfigArguments
{
    /// <summary>An option for <c>name=value</c>, which may come several times.</summary>
    public static Option<string[]> Option(string name, string description)
    {
        Option<string[]> option = new(name, "-c") { Description = description, HelpName = "name=value", Arity = ArgumentArity.OneOrMore };
        option.Validators.Add(result =>
        {
            foreach (string text in result.GetValueOrDefault<string[]>() ?? [])
            {
                if (text.IndexOf('=', StringComparison.Ordinal) <= 0)
                {
                    result.AddError($"\"{text}\" is no setting. Write name=value, such as {name} retention.ms=86400000.");
                }
            }
        });
        return option;
    }

    /// <summary>Names and values; of a name that comes twice, the last counts.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string[]? texts)
    {
        Dictionary<string, string> configs = new(StringComparer.Ordinal);
        foreach (string text in texts ?? [])
        {
            int at = text.IndexOf('=', StringComparison.Ordinal);
            configs[text[..at]] = text[(at + 1)..];
        }

        return configs;
    }
}
