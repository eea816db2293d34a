using System.Globalization;
using System.Text;

namespace GrainStream.Gateway.Http.Metrics;

/// <summary>
/// The Prometheus text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format), as text being built.
/// </summary>
internal sealed class PrometheusText
{
    /// <summary>What the response declares itself to be.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new(16 * 1024);

    /// <summary>The two lines above a metric's samples.</summary>
    public void Head(string name, MetricType type, string? help)
    {
        if (!string.IsNullOrEmpty(help))
        {
            _text.Append("# HELP ").Append(name).Append(' ');
            AppendEscaped(_text, help, quotes: false);
            _text.Append('\n');
        }

        _text.Append("# TYPE ").Append(name).Append(' ').Append(type switch
        {
            MetricType.Counter => "counter",
            MetricType.Gauge => "gauge",
            _ => "histogram",
        }).Append('\n');
    }

    /// <summary>One sample: <c>name suffix {labels} value</c>.</summary>
    public void Sample(string name, string suffix, string labels, double value)
    {
        _text.Append(name).Append(suffix);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(NumberOf(value)).Append('\n');
    }

    /// <summary>One bucket of a histogram: samples up to and including the bound.</summary>
    public void Bucket(string name, string labels, double upperBound, long cumulativeCount)
    {
        _text.Append(name).Append("_bucket{").Append(labels).Append(labels.Length == 0 ? "" : ",")
            .Append("le=\"").Append(NumberOf(upperBound)).Append("\"} ").Append(cumulativeCount).Append('\n');
    }

    public override string ToString() => _text.ToString();

    /// <summary>Help text escapes backslash and line feed; label values also the quote.</summary>
    public static void AppendEscaped(StringBuilder target, string text, bool quotes)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => target.Append(@"\\"),
                '\n' => target.Append(@"\n"),
                '"' when quotes => target.Append("\\\""),
                _ => target.Append(c),
            };
        }
    }

    private static string NumberOf(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
