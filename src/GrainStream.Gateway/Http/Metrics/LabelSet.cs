using System.Globalization;
using System.Text;

namespace GrainStream.Gateway.Http.Metrics;

/// <summary>
/// The attributes of one time series: what a measurement's tags are looked up by (in any order, without allocating),
/// and the label text they become in the exposition.
/// </summary>
internal sealed class LabelSet
{
    /// <summary>The one series that measurements go to once a metric has as many series as it may.</summary>
    public static readonly LabelSet Overflow = new([new("otel.metric.overflow", true)], []);

    private readonly KeyValuePair<string, object?>[] _tags;

    /// <param name="tags">The measurement's tags; the key.</param>
    /// <param name="fixedTags">Tags of the instrument and its meter, which are labels of every series.</param>
    public LabelSet(ReadOnlySpan<KeyValuePair<string, object?>> tags, IEnumerable<KeyValuePair<string, object?>> fixedTags)
    {
        _tags = tags.ToArray();
        Text = Render(fixedTags.Concat(_tags));
    }

    /// <summary><c>name="value",name="value"</c> sorted by name; empty without labels.</summary>
    public string Text { get; }

    /// <summary>Compares tags as sets, so that a series does not depend on the order a call site names its tags in.</summary>
    public sealed class Comparer : IEqualityComparer<LabelSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, LabelSet>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(LabelSet? x, LabelSet? y) => ReferenceEquals(x, y) || (x is not null && y is not null && SameTags(x._tags, y._tags));

        public int GetHashCode(LabelSet obj) => HashOf(obj._tags);

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, LabelSet other) => SameTags(alternate, other._tags);

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => HashOf(alternate);

        public LabelSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate, []);

        private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            int hash = tags.Length;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                hash += HashCode.Combine(tag.Key, tag.Value);
            }

            return hash;
        }

        private static bool SameTags(ReadOnlySpan<KeyValuePair<string, object?>> left, ReadOnlySpan<KeyValuePair<string, object?>> right)
        {
            if (left.Length != right.Length)
            {
                return false;
            }

            foreach (KeyValuePair<string, object?> tag in left)
            {
                if (!Contains(right, tag))
                {
                    return false;
                }
            }

            return true;
        }

        private static bool Contains(ReadOnlySpan<KeyValuePair<string, object?>> tags, KeyValuePair<string, object?> wanted)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == wanted.Key && Equals(tag.Value, wanted.Value))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static string Render(IEnumerable<KeyValuePair<string, object?>> tags)
    {
        // Attributes whose names fall together are joined by ';' in the order of their original names (the specification's rule).
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            string label = PrometheusName.OfLabel(name);
            string text = TextOf(value);
            labels[label] = labels.TryGetValue(label, out string? before) ? before + ";" + text : text;
        }

        StringBuilder result = new();
        foreach ((string label, string value) in labels)
        {
            result.Append(result.Length == 0 ? "" : ",").Append(label).Append("=\"");
            PrometheusText.AppendEscaped(result, value, quotes: true);
            result.Append('"');
        }

        return result.ToString();
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
