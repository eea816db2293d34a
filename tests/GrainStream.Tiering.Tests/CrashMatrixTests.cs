using GrainStream.Tiering.Tests.Support;
using Xunit.Abstractions;

namespace GrainStream.Tiering.Tests;

/// <summary>
/// The power goes at every step of every scenario: before and after each call of the object store, and before each call of the journal's disk. What was
/// acknowledged is read back once, in order, from what is left; and the broker that was started on it goes on as if nothing had been.
/// </summary>
public sealed class CrashMatrixTests(ITestOutputHelper output)
{
    public static TheoryData<string> Scenarios => ScenarioList.Names;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Every_acknowledged_record_is_back_once_and_in_order_wherever_the_power_went(string name)
    {
        PowerCut undisturbed = await new Trial(ScenarioList.All[name]()).CrashAsync(null);
        int fired = 0;
        foreach (CrashPoint point in undisturbed.Points)
        {
            var trial = new Trial(ScenarioList.All[name]());
            try
            {
                await trial.CrashAsync(point);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"{name}, {point}: {failure.Message}", failure);
            }

            if (trial.HasFired)
            {
                CaseLedger.Note("crash", name, point.ToString());
                fired++;
            }
        }

        output.WriteLine($"{name}: {fired} crashes of {undisturbed.Points.Count} tried. {CaseLedger.Totals()}");

        // Where a journal file ends may differ by a frame from run to run, so the last steps may not come.
        Assert.InRange(fired, undisturbed.Points.Count * 19 / 20, undisturbed.Points.Count);
    }
}
