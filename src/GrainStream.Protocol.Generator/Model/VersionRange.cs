using System.Globalization;

namespace GrainStream.Protocol.Generator.Model;

/// <summary>Versions from <paramref name="Low"/> to <paramref name="High"/>, both inclusive; empty if high is below low.</summary>
internal readonly record struct VersionRange(short Low, short High)
{
    public static readonly VersionRange None = new(0, -1);

    public bool IsEmpty => High < Low;

    public bool Contains(int version) => version >= Low && version <= High;

    public bool Covers(VersionRange other) => other.IsEmpty || (Low <= other.Low && High >= other.High);

    public VersionRange Intersect(VersionRange other)
    {
        var both = new VersionRange(Math.Max(Low, other.Low), Math.Min(High, other.High));
        return both.IsEmpty ? None : both;
    }

    /// <summary>The least range that covers both.</summary>
    public VersionRange Hull(VersionRange other) =>
        IsEmpty ? other : other.IsEmpty ? this : new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>What lies below <paramref name="other"/>, which must be a suffix of this range.</summary>
    public VersionRange Before(VersionRange other) =>
        other.IsEmpty ? this : other.Low <= Low ? None : new(Low, (short)(other.Low - 1));

    /// <summary>Reads "3", "3-13", "3+" or "none".</summary>
    public static bool TryParse(string? text, out VersionRange range)
    {
        range = None;
        if (text is null)
        {
            return false;
        }

        if (text == "none")
        {
            return true;
        }

        short high = short.MaxValue;
        int dash = text.IndexOf('-');
        string lowText = dash >= 0 ? text.Substring(0, dash) : text.TrimEnd('+');
        if (!TryParseVersion(lowText, out short low)
            || (dash >= 0 && !TryParseVersion(text.Substring(dash + 1), out high))
            || text.Length - lowText.Length > 1 && dash < 0)
        {
            return false;
        }

        if (dash < 0 && text.Length == lowText.Length)
        {
            high = low;
        }

        range = new VersionRange(low, high);
        return !range.IsEmpty;
    }

    private static bool TryParseVersion(string text, out short version) =>
        short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version);
}
