using GrainStream.Tiering.Tests.Scenarios;
using GrainStream.Tiering.Tests.Support;

namespace GrainStream.Tiering.Tests;

/// <summary>What the scenario of compaction is for does happen in it, as the matrices do not ask.</summary>
public sealed class CompactionScenarioTests
{
    [Fact]
    public async Task Superseded_records_go_and_tombstones_stay_while_they_may()
    {
        var trial = new Trial(new CompactionScenario(TimeSpan.FromDays(3650)));
        await trial.RunAsync();
        IReadOnlyList<SentRecord> removed = trial.History.Of("accounts", 0).Removed;
        Assert.Contains(removed, static record => !record.IsTombstone);
    }

    [Fact]
    public async Task Tombstones_go_with_the_second_pass_when_they_need_not_stay()
    {
        var trial = new Trial(new CompactionScenario(TimeSpan.Zero));
        var patient = new Trial(new CompactionScenario(TimeSpan.FromDays(3650)));
        await trial.RunAsync();
        await patient.RunAsync();
        Assert.True(TombstonesRemoved(trial) > TombstonesRemoved(patient));
    }

    private static int TombstonesRemoved(Trial trial) => trial.History.Of("accounts", 0).Removed.Count(static record => record.IsTombstone);
}
