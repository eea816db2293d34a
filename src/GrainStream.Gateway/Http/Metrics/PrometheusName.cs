using System.Text;

namespace GrainStream.Gateway.Http.Metrics;

/// <summary>
/// Turns OpenTelemetry names and units into Prometheus names, by the rules of the OpenTelemetry specification
/// ("Prometheus and OpenMetrics compatibility"): <c>grainstream.journal.sync.duration</c> in <c>s</c> becomes
/// <c>grainstream_journal_sync_duration_seconds</c>.
/// </summary>
public static class PrometheusName
{
    // Unified Code for Units of Measure -> the words Prometheus uses; the list of the specification.
    private static readonly Dictionary<string, string> UnitWords = new(StringComparer.Ordinal)
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["TiBy"] = "tibibytes",
        ["KBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes", ["TBy"] = "terabytes",
        ["m"] = "meters", ["V"] = "volts", ["A"] = "amperes", ["J"] = "joules", ["W"] = "watts", ["g"] = "grams",
        ["Cel"] = "celsius", ["Hz"] = "hertz", ["%"] = "percent",
    };

    private static readonly Dictionary<string, string> PerUnitWords = new(StringComparer.Ordinal)
    {
        ["s"] = "second", ["min"] = "minute", ["h"] = "hour", ["d"] = "day", ["wk"] = "week", ["mo"] = "month", ["y"] = "year",
    };

    /// <summary>The metric's name, with its unit and, for a monotonic sum, <c>_total</c>.</summary>
    public static string OfMetric(string name, string? unit, MetricType type)
    {
        string result = Sanitize(name, allowColon: true);
        string unitWords = OfUnit(unit, type);
        if (type == MetricType.Counter && result.EndsWith("_total", StringComparison.Ordinal))
        {
            result = result[..^"_total".Length];
        }

        if (unitWords.Length > 0 && !HasWords(result, unitWords))
        {
            result += "_" + unitWords;
        }

        return type == MetricType.Counter ? result + "_total" : result;
    }

    /// <summary>A label's name. Two attributes may become one label; the caller joins their values.</summary>
    public static string OfLabel(string attribute) => Sanitize(attribute, allowColon: false);

    private static bool HasWords(string name, string words) =>
        name == words || name.EndsWith("_" + words, StringComparison.Ordinal);

    private static string OfUnit(string? unit, MetricType type)
    {
        if (string.IsNullOrWhiteSpace(unit))
        {
            return "";
        }

        if (unit == "1")
        {
            return type == MetricType.Gauge ? "ratio" : "";
        }

        int slash = unit.IndexOf('/', StringComparison.Ordinal);
        string main = WordOf(slash < 0 ? unit : unit[..slash], UnitWords);
        if (slash < 0)
        {
            return main;
        }

        string per = WordOf(unit[(slash + 1)..], PerUnitWords);
        if (per.Length == 0)
        {
            return main;
        }

        return main.Length == 0 ? "per_" + per : main + "_per_" + per;
    }

    private static string WordOf(string unit, Dictionary<string, string> words)
    {
        // Text in braces annotates and is not part of the unit: "{record}" counts records.
        int brace = unit.IndexOf('{', StringComparison.Ordinal);
        string bare = (brace < 0 ? unit : unit[..brace]).Trim();
        if (bare.Length == 0)
        {
            return "";
        }

        return words.TryGetValue(bare, out string? word) ? word : Sanitize(bare, allowColon: false).Trim('_');
    }

    private static string Sanitize(string name, bool allowColon)
    {
        StringBuilder result = new(name.Length + 1);
        foreach (char c in name)
        {
            bool valid = char.IsAsciiLetterOrDigit(c) || (c == ':' && allowColon);
            if (valid)
            {
                result.Append(c);
            }
            else if (result.Length == 0 || result[^1] != '_')
            {
                result.Append('_');
            }
        }

        if (result.Length == 0 || char.IsAsciiDigit(result[0]))
        {
            result.Insert(0, '_');
        }

        return result.ToString();
    }
}
