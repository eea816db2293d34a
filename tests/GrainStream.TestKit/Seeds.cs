using System.Globalization;

namespace GrainStream.TestKit;

/// <summary>A fresh seed for each run, printed so that a failure can be repeated: set GRAINSTREAM_TEST_SEED to it.</summary>
public static class Seeds
{
    private const string Variable = "GRAINSTREAM_TEST_SEED";

    /// <param name="print">Where the seed is told, such as the test's output.</param>
    public static Random NewRandom(Action<string> print)
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        int seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        print($"{Variable}={seed}");
        return new Random(seed);
    }
}
