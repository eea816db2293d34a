using Microsoft.Extensions.Configuration;

namespace GrainStream.Server.Options;

/// <summary>Reads declared settings from configuration and collects everything that is wrong with them, so that one start shows it all.</summary>
internal sealed class SettingsSection(IConfiguration configuration)
{
    /// <summary>The section that everything of the server stands in.</summary>
    public const string Name = "GrainStream";

    private readonly IConfigurationSection _section = configuration.GetSection(Name);
    private readonly List<SettingProblem> _problems = [];

    // Of connection strings and shared access signatures.
    private static readonly string[] SecretMarks = ["AccountKey=", "sig=", "SharedAccess", "Password="];

    public IReadOnlyList<SettingProblem> Problems => _problems;

    /// <summary>The setting's value, or what its default means; the default also where the value is wrong, which is noted.</summary>
    public T Read<T>(Setting<T> setting)
    {
        string? text = TextOf(setting.Key);
        if (text is not null)
        {
            if (setting.Parse(text, out T value, out string mend))
            {
                return value;
            }

            Refuse(setting, text, mend);
        }

        return setting.Parse(setting.Default, out T standard, out string why)
            ? standard
            : throw new InvalidOperationException($"The default of {setting.Key} is wrong: {why}");
    }

    /// <summary>Whether anything is configured for the setting.</summary>
    public bool IsSet(Setting setting) => TextOf(setting.Key) is not null;

    /// <summary>Notes a problem that shows only when settings are seen together.</summary>
    public void Refuse(Setting setting, string? value, string mend) =>
        _problems.Add(new SettingProblem($"{Name}:{setting.Key}", setting.IsSecret ? null : value, mend));

    /// <summary>Whether a problem of the setting is noted.</summary>
    public bool HasProblem(Setting setting) => _problems.Any(problem => problem.Key == $"{Name}:{setting.Key}");

    /// <summary>Notes a problem of a key that has no declaration here.</summary>
    public void Refuse(string key, string? value, string mend) =>
        _problems.Add(new SettingProblem($"{Name}:{key}", value, mend));

    /// <summary>The keys and values below a folder of the section, such as Kafka's names below <c>Broker</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Children(string folder) =>
        Leaves(_section.GetSection(folder), folder.Length + 1);

    /// <summary>Notes every key that no setting declares, with the nearest that one does.</summary>
    /// <param name="known">The declared settings.</param>
    /// <param name="openFolder">A folder whose keys are checked elsewhere.</param>
    public void RefuseUnknown(IReadOnlyCollection<Setting> known, string openFolder)
    {
        foreach ((string key, string value) in Leaves(_section, 0))
        {
            bool isKnown = known.Any(setting =>
                key.Equals(setting.Key, StringComparison.OrdinalIgnoreCase) || IsListItem(key, setting.Key));
            if (isKnown || key.StartsWith(openFolder + ":", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            // A secret under a name with a slip in it is still one.
            string? nearest = NearestName.Of(key, known.Select(setting => setting.Key));
            bool mayBeSecret = known.Any(setting => setting.IsSecret && (setting.Key == nearest || key.StartsWith(FolderOf(setting), StringComparison.OrdinalIgnoreCase)))
                || SecretMarks.Any(mark => value.Contains(mark, StringComparison.OrdinalIgnoreCase));
            Refuse(key, mayBeSecret ? null : value, "There is no such setting."
                + (nearest is null ? " --help lists those there are." : $" Did you mean {Name}:{nearest}?"));
        }
    }

    private static string FolderOf(Setting setting) => setting.Key[..(setting.Key.LastIndexOf(':') + 1)];

    // A list may be one comma-separated text or, in JSON, an array.
    private string? TextOf(string key)
    {
        IConfigurationSection setting = _section.GetSection(key);
        if (setting.Value is not null)
        {
            return setting.Value;
        }

        string[] items = [.. setting.GetChildren().Where(child => IsListItem(child.Path[(Name.Length + 1)..], key)).Select(child => child.Value ?? "")];
        return items.Length == 0 ? null : string.Join(',', items);
    }

    private static bool IsListItem(string key, string list) =>
        key.Length > list.Length + 1
        && key.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase)
        && key.AsSpan(list.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static IEnumerable<KeyValuePair<string, string>> Leaves(IConfigurationSection section, int skip)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (child.Value is not null)
            {
                yield return new(child.Path[(Name.Length + 1 + skip)..], child.Value);
            }

            foreach (KeyValuePair<string, string> leaf in Leaves(child, skip))
            {
                yield return leaf;
            }
        }
    }
}
