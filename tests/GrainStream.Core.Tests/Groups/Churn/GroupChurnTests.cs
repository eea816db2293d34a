using Xunit.Abstractions;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>A thousand storms. GRAINSTREAM_TEST_SEED plays one of them, and GRAINSTREAM_CHURN_SEEDS plays more.</summary>
public sealed class GroupChurnTests(ITestOutputHelper output)
{
    private const int LinesTold = 300;

    [Theory]
    [InlineData(ChurnProtocol.Eager, 250)]
    [InlineData(ChurnProtocol.Cooperative, 250)]
    [InlineData(ChurnProtocol.Consumer, 300)]
    [InlineData(ChurnProtocol.Migrating, 200)]
    public void Whatever_happens_nothing_is_skipped_or_owned_twice_and_in_the_end_all_is_done(ChurnProtocol protocol, int seeds)
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("GRAINSTREAM_TEST_SEED"), out int given) ? given : 0;
        int count = given > 0 ? 1 : int.TryParse(Environment.GetEnvironmentVariable("GRAINSTREAM_CHURN_SEEDS"), out int more) ? more : seeds;
        for (int seed = first; seed < first + count; seed++)
        {
            if (ChurnRun.Play(seed, protocol) is { } problem)
            {
                var story = new List<string>();
                ChurnRun.Play(seed, protocol, story);
                output.WriteLine(string.Join('\n', story.TakeLast(LinesTold)));
                Assert.Fail($"{protocol}, GRAINSTREAM_TEST_SEED={seed}: {problem}");
            }
        }
    }
}
