namespace GrainStream.Architecture.Tests;

/// <summary>Fails a test with every violation in full, one a line.</summary>
internal static class Violations
{
    public static void AssertNone(IEnumerable<string> violations)
    {
        string[] found = [.. violations];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}
