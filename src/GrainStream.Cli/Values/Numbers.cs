using System.Globalization;

namespace GrainStream.Cli.Values;

/// <summary>Numbers for people.</summary>
internal static class Numbers
{
    /// <summary>With separators: 1,234,567.</summary>
    public static string Of(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>With separators and some decimals.</summary>
    public static string Of(double value, int decimals) => value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>As it is.</summary>
    public static string Plain(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>One thing, two things.</summary>
    public static string Count(long count, string thing) => $"{Of(count)} {thing}{(count == 1 ? "" : "s")}";
}
