using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;

namespace GrainStream.Core.Topics.Configs;

/// <summary>The settings that one topic, or the brokers at run time, have of their own. Immutable, canonical, in order of name.</summary>
public sealed class ConfigOverrides
{
    public static readonly ConfigOverrides None = new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, string> _values;

    private ConfigOverrides(ImmutableSortedDictionary<string, string> values) => _values = values;

    public int Count => _values.Count;

    public IEnumerable<KeyValuePair<string, string>> Values => _values;

    public bool TryGet(string name, [NotNullWhen(true)] out string? value) => _values.TryGetValue(name, out value);

    public bool IsSame(ConfigOverrides other) => _values.SequenceEqual(other._values);

    /// <summary>The names, in order, as events hold them.</summary>
    public string[] Names() => [.. _values.Keys];

    /// <summary>The values in the order of <see cref="Names"/>.</summary>
    public string[] Texts() => [.. _values.Values];

    /// <summary>
    /// Takes over settings that were checked when they were decided on, from an event. Does not check them again: definitions may have
    /// changed since, and what is in the log has happened.
    /// </summary>
    public static ConfigOverrides FromLog(string[] names, string[] values) => FromChecked(names.Zip(values, KeyValuePair.Create));

    internal static ConfigOverrides FromChecked(IEnumerable<KeyValuePair<string, string>> values)
    {
        ImmutableSortedDictionary<string, string> sorted = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, values);
        return sorted.IsEmpty ? None : new ConfigOverrides(sorted);
    }

    /// <summary>Checks a whole set of values.</summary>
    public static ErrorCode Create(
        FrozenDictionary<string, ConfigDefinition> definitions,
        IEnumerable<KeyValuePair<string, string?>> values,
        out ConfigOverrides overrides,
        out string? error) =>
        None.Change(definitions, values.Select(ConfigChange.Setting), _ => null, out overrides, out error);

    /// <summary>
    /// Applies changes in order, all or none. Each name may occur once.
    /// </summary>
    /// <param name="definitions">The settings there are.</param>
    /// <param name="changes">What to do.</param>
    /// <param name="inherited">The value a list has while it is not overridden, to append to or subtract from.</param>
    /// <param name="overrides">The new set; the old one if refused.</param>
    /// <param name="error">How to mend what was refused.</param>
    public ErrorCode Change(
        FrozenDictionary<string, ConfigDefinition> definitions,
        IEnumerable<ConfigChange> changes,
        Func<string, string?> inherited,
        out ConfigOverrides overrides,
        out string? error)
    {
        overrides = this;
        ImmutableSortedDictionary<string, string>.Builder values = _values.ToBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ConfigChange change in changes)
        {
            if (!seen.Add(change.Name))
            {
                error = $"The setting {change.Name} is given twice. Give it once.";
                return ErrorCode.InvalidRequest;
            }

            ErrorCode code = ChangeOne(definitions, change, inherited, values, out error);
            if (code != ErrorCode.None)
            {
                return code;
            }
        }

        overrides = values.Count == 0 ? None : new ConfigOverrides(values.ToImmutable());
        error = null;
        return ErrorCode.None;
    }

    private static ErrorCode ChangeOne(
        FrozenDictionary<string, ConfigDefinition> definitions,
        in ConfigChange change,
        Func<string, string?> inherited,
        ImmutableSortedDictionary<string, string>.Builder values,
        out string? error)
    {
        error = null;
        if (change.Operation == ConfigOperation.Delete)
        {
            // A name that is no longer defined may have been left by an older version: it can be removed.
            if (!values.Remove(change.Name) && !definitions.ContainsKey(change.Name))
            {
                error = UnknownSetting(definitions, change.Name);
                return ErrorCode.InvalidConfig;
            }

            return ErrorCode.None;
        }

        if (!definitions.TryGetValue(change.Name, out ConfigDefinition? definition))
        {
            error = UnknownSetting(definitions, change.Name);
            return ErrorCode.InvalidConfig;
        }

        if (change.Value is null)
        {
            error = $"The setting {change.Name} has no value. Give one, or delete the setting to return to its default.";
            return ErrorCode.InvalidConfig;
        }

        string value = change.Value;
        if (change.Operation is ConfigOperation.Append or ConfigOperation.Subtract)
        {
            if (definition.Type != ConfigType.List)
            {
                error = $"{change.Name} is not a list: use SET instead of APPEND or SUBTRACT.";
                return ErrorCode.InvalidConfig;
            }

            string[] current = ConfigDefinition.Entries(values.GetValueOrDefault(change.Name) ?? inherited(change.Name) ?? "");
            string[] operand = ConfigDefinition.Entries(value);
            value = string.Join(',', change.Operation == ConfigOperation.Append ? current.Union(operand) : current.Except(operand));
        }
        else if (change.Operation != ConfigOperation.Set)
        {
            error = $"The operation {(sbyte)change.Operation} on {change.Name} is unknown. " +
                "Use SET (0), DELETE (1), APPEND (2) or SUBTRACT (3).";
            return ErrorCode.InvalidRequest;
        }

        if (!definition.TryParse(value, out string canonical, out error))
        {
            return ErrorCode.InvalidConfig;
        }

        values[change.Name] = canonical;
        return ErrorCode.None;
    }

    /// <summary>Says that a setting does not exist, and which ones do.</summary>
    internal static string UnknownSetting(FrozenDictionary<string, ConfigDefinition> definitions, string name) =>
        $"There is no setting '{(name.Length > 100 ? name[..100] : name)}'. " +
        $"The settings are {string.Join(", ", definitions.Keys.Order(StringComparer.Ordinal))}.";
}
