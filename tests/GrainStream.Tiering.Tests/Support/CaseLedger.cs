using System.Collections.Concurrent;
using GrainStream.Core;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>Counts the distinct cases that the matrices have tried, over all tests of the process. Thread-safe.</summary>
internal static class CaseLedger
{
    private static readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> Matrices = new();

    /// <summary>Notes a case that happened.</summary>
    public static void Note(string matrix, string scenario, string what) =>
        Invariant.Require(Matrices.GetOrAdd(matrix, static _ => new()).TryAdd($"{scenario}, {what}", true), "each case of a matrix is tried once");

    /// <summary>The counts so far; whichever test prints last prints the totals.</summary>
    public static string Totals()
    {
        (string Matrix, int Cases)[] counts = [.. Matrices.Select(static matrix => (matrix.Key, matrix.Value.Count)).Order()];
        return $"Distinct cases so far: {string.Join(", ", counts.Select(static count => $"{count.Matrix} {count.Cases}"))}; in all {counts.Sum(static count => count.Cases)}.";
    }
}
