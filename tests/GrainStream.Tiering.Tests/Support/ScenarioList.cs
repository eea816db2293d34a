using GrainStream.Tiering.Tests.Scenarios;

namespace GrainStream.Tiering.Tests.Support;

/// <summary>All scenarios, by name.</summary>
internal static class ScenarioList
{
    public static readonly IReadOnlyDictionary<string, Func<IScenario>> All = new Dictionary<string, Func<IScenario>>
    {
        ["upload"] = static () => new UploadScenario(),
        ["reclaim"] = static () => new ReclaimScenario(),
        ["retention"] = static () => new RetentionScenario(),
        ["topic deletion"] = static () => new TopicDeletionScenario(),
        ["compaction"] = static () => new CompactionScenario(TimeSpan.FromDays(3650)),
        ["compaction of tombstones"] = static () => new CompactionScenario(TimeSpan.Zero),
        ["groups"] = static () => new GroupScenario(),
        ["sweep"] = static () => new SweepScenario(),
    };

    public static TheoryData<string> Names => [.. All.Keys];
}
