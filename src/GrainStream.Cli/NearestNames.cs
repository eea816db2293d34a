namespace GrainStream.Cli;

/// <summary>Finds what someone probably meant to write.</summary>
internal static class NearestNames
{
    private const int MostNames = 3;

    /// <summary>The candidates that are nearest to it, best first, if any are near; as a sentence to follow another.</summary>
    public static string Suggest(string written, IEnumerable<string> candidates)
    {
        string[] near = [.. candidates
            .Select(candidate => (Name: candidate, Distance: Distance(written.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(candidate => IsNear(written, candidate.Name, candidate.Distance))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(MostNames)
            .Select(candidate => candidate.Name)];
        return near.Length == 0 ? "" : $" Did you mean {string.Join(" or ", near)}?";
    }

    // A third of the letters wrong, or the one is a part of the other.
    private static bool IsNear(string written, string candidate, int distance) =>
        distance <= Math.Max(1, Math.Max(written.Length, candidate.Length) / 3)
        || (written.Length >= 3 && candidate.Contains(written, StringComparison.OrdinalIgnoreCase));

    // Levenshtein, one row at a time.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
