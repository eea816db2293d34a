using System.Globalization;

namespace GrainStream.Cli.Values;

/// <summary>Times as people write them.</summary>
internal static class Durations
{
    private static readonly (string Suffix, double Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Reads <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>2h</c>, <c>7d</c>; a bare number is seconds.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        string trimmed = text.Trim();
        (string suffix, double milliseconds) = Units.FirstOrDefault(unit => trimmed.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1000));
        bool isNumber = double.TryParse(trimmed[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        duration = isNumber && number * milliseconds < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(number * milliseconds) : TimeSpan.Zero;
        return isNumber;
    }

    /// <summary>Reads a point in time: ISO 8601 (without a zone it is UTC), Unix milliseconds, or how long ago, such as <c>-15m</c>.</summary>
    public static bool TryParseTime(string text, DateTimeOffset now, out DateTimeOffset time)
    {
        string trimmed = text.Trim();
        if (trimmed.StartsWith('-') && TryParse(trimmed[1..], out TimeSpan ago))
        {
            time = now - ago;
            return true;
        }

        if (long.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out long unixMs) && unixMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            time = DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
            return true;
        }

        return DateTimeOffset.TryParse(trimmed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    /// <summary>A time stamp for people.</summary>
    public static string TextOf(long unixMs) => unixMs is >= 0 and <= 253_402_300_799_999
        ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : unixMs.ToString(CultureInfo.InvariantCulture);
}
