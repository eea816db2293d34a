using System.Globalization;
using Xunit.Abstractions;

namespace GrainStream.Protocol.Tests.Records;

/// <summary>A fresh seed for each run, printed so that a failure can be repeated: set GRAINSTREAM_TEST_SEED to it.</summary>
internal static class Seeds
{
    private const string Variable = "GRAINSTREAM_TEST_SEED";

    public static Random NewRandom(ITestOutputHelper output)
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        int seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"{Variable}={seed}");
        return new Random(seed);
    }
}
