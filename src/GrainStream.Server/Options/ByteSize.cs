using System.Globalization;

namespace GrainStream.Server.Options;

/// <summary>Reads and writes numbers of bytes the way people write them: <c>268435456</c>, <c>256MiB</c>, <c>1 GiB</c>.</summary>
public static class ByteSize
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
    ];

    /// <summary>Reads a whole number of bytes, or of binary multiples. Suffixes in any case.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        string number = text.Trim();
        long factor = 1;
        foreach ((string suffix, long unit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                factor = unit;
                break;
            }
        }

        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > long.MaxValue / factor)
        {
            return false;
        }

        bytes = count * factor;
        return true;
    }

    /// <summary>The largest unit that gives a whole number.</summary>
    public static string Format(long bytes)
    {
        for (int i = Units.Length - 1; i >= 0; i--)
        {
            if (bytes >= Units[i].Factor && bytes % Units[i].Factor == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / Units[i].Factor}{Units[i].Suffix}");
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
