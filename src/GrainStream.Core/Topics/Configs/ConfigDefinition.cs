using System.Globalization;

namespace GrainStream.Core.Topics.Configs;

/// <summary>One setting under Kafka's name: its type, default, range and meaning. A setting not defined is refused, not ignored.</summary>
public sealed record ConfigDefinition(string Name, ConfigType Type, string DefaultValue, string Documentation)
{
    /// <summary>Least value of a number.</summary>
    public long Minimum { get; init; } = long.MinValue;

    /// <summary>Greatest value of a number.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    /// <summary>The only values of a string, or entries of a list; null if any.</summary>
    public IReadOnlyList<string>? AllowedValues { get; init; }

    /// <summary>
    /// Why no value but the default is taken: another would be stored and not kept. Null if the setting has effect.
    /// </summary>
    public string? OnlyDefaultBecause { get; init; }

    /// <summary>A broker setting that may be altered at run time. Topic settings always may.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>The value is a secret and is never reported.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>For a topic setting: the broker setting that is its default; null if it has none.</summary>
    public string? BrokerName { get; init; }

    /// <summary>Checks a value and writes it in its canonical form; if refused, <paramref name="error"/> says how to mend it.</summary>
    public bool TryParse(string value, out string canonical, out string? error)
    {
        canonical = value.Trim();
        error = Type switch
        {
            ConfigType.Boolean => CheckBoolean(ref canonical),
            ConfigType.Int => CheckInteger(ref canonical, int.MinValue, int.MaxValue),
            ConfigType.Long => CheckInteger(ref canonical, long.MinValue, long.MaxValue),
            ConfigType.Double => CheckDouble(ref canonical),
            ConfigType.List => CheckList(ref canonical),
            _ => CheckAllowed(canonical),
        };

        if (error is null && OnlyDefaultBecause is not null && canonical != DefaultValue)
        {
            error = $"{OnlyDefaultBecause} Leave {Name} out or set it to {DefaultValue}.";
        }

        if (error is not null)
        {
            error = $"Invalid value '{value}' for {Name}: {error}";
        }

        return error is null;
    }

    /// <summary>The entries of a list value.</summary>
    public static string[] Entries(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string? CheckBoolean(ref string value)
    {
        if (!bool.TryParse(value, out bool flag))
        {
            return "it must be true or false.";
        }

        value = flag ? "true" : "false";
        return null;
    }

    private string? CheckInteger(ref string value, long typeMinimum, long typeMaximum)
    {
        long minimum = Math.Max(Minimum, typeMinimum);
        long maximum = Math.Min(Maximum, typeMaximum);
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            || number < minimum
            || number > maximum)
        {
            return $"it must be a whole number from {minimum} to {maximum}.";
        }

        value = number.ToString(CultureInfo.InvariantCulture);
        return null;
    }

    private string? CheckDouble(ref string value)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            || !double.IsFinite(number)
            || number < Minimum
            || number > Maximum)
        {
            return $"it must be a number from {Minimum} to {Maximum}.";
        }

        value = number.ToString("R", CultureInfo.InvariantCulture);
        return null;
    }

    private string? CheckList(ref string value)
    {
        string[] entries = [.. Entries(value).Distinct(StringComparer.Ordinal)];
        value = string.Join(',', entries);
        return entries.Length == 0
            ? "it must have at least one entry."
            : entries.Select(CheckAllowed).FirstOrDefault(error => error is not null);
    }

    private string? CheckAllowed(string value) => AllowedValues is null || AllowedValues.Contains(value, StringComparer.Ordinal)
        ? null
        : $"it must be one of {string.Join(", ", AllowedValues)}.";
}
