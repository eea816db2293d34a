using System.Globalization;
using System.Text;

namespace GrainStream.Conformance.Tests;

/// <summary>Compares what clients read with what was sent.</summary>
internal static class RoundTrip
{
    // One char per byte: comparing strings then compares bytes.
    private static readonly Encoding Bytes = Encoding.Latin1;

    /// <summary>
    /// Holds if <paramref name="read"/>, lines <c>partition TAB offset TAB key TAB value</c>, has every line of <paramref name="sent"/>,
    /// <c>key TAB value</c>, once; those of one key in one partition and in order; and each partition's offsets without gap.
    /// </summary>
    public static void Verify(byte[] sent, byte[] read, int partitions)
    {
        Dictionary<string, List<string>> expected = [];
        int count = 0;
        foreach (string line in Lines(sent))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            ListOf(expected, line[..tab]).Add(line[(tab + 1)..]);
            count++;
        }

        Dictionary<string, List<string>> actual = [];
        Dictionary<string, string> partitionOfKey = [];
        long[] ends = new long[partitions];
        int received = 0;
        foreach (string line in Lines(read))
        {
            string[] fields = line.Split('\t', 4);
            int partition = int.Parse(fields[0], CultureInfo.InvariantCulture);
            Assert.Equal(ends[partition]++, long.Parse(fields[1], CultureInfo.InvariantCulture));
            Assert.True(partitionOfKey.TryAdd(fields[2], fields[0]) || partitionOfKey[fields[2]] == fields[0], $"key {fields[2]} is in two partitions");
            ListOf(actual, fields[2]).Add(fields[3]);
            received++;
        }

        Assert.Equal(count, received);
        Assert.Equal(expected.Count, actual.Count);
        foreach ((string key, List<string> values) in expected)
        {
            Assert.True(actual.TryGetValue(key, out List<string>? found), $"no record of key {key}");
            Assert.Equal(values, found);
        }

        Assert.True(count < 1000 || ends.All(end => end > 0), "a partition has no record: the keys were not used");
    }

    private static IEnumerable<string> Lines(byte[] text)
    {
        int start = 0;
        while (start < text.Length)
        {
            int end = Array.IndexOf(text, (byte)'\n', start);
            end = end < 0 ? text.Length : end;
            yield return Bytes.GetString(text, start, end - start);
            start = end + 1;
        }
    }

    private static List<string> ListOf(Dictionary<string, List<string>> lists, string key)
    {
        if (!lists.TryGetValue(key, out List<string>? list))
        {
            lists.Add(key, list = []);
        }

        return list;
    }
}
