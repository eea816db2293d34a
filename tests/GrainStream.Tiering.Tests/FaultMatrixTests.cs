using GrainStream.TestKit.Objects;
using GrainStream.Tiering.Tests.Support;
using Xunit.Abstractions;

namespace GrainStream.Tiering.Tests;

/// <summary>Every fault of the object store at every call of every scenario: the broker goes on serving and nothing is lost, doubled or left behind.</summary>
public sealed class FaultMatrixTests(ITestOutputHelper output)
{
    public static TheoryData<string> Scenarios => ScenarioList.Names;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task No_fault_of_the_store_changes_the_outcome(string name)
    {
        var undisturbed = new Trial(ScenarioList.All[name]());
        await undisturbed.RunAsync();
        int cases = 0;
        int fired = 0;
        foreach (StoreCall call in undisturbed.StoreCalls)
        {
            foreach (StoreFault fault in StoreFault.Of(call.Operation).Except([StoreFault.CrashBefore, StoreFault.CrashAfter]))
            {
                var trial = new Trial(ScenarioList.All[name]());
                try
                {
                    await trial.RunAsync(call.Number, fault);
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException($"{name}, {call}, {fault}: {failure.Message}", failure);
                }

                cases++;
                if (trial.HasFired)
                {
                    CaseLedger.Note("fault", name, $"{call}, {fault}");
                    fired++;
                }
            }
        }

        output.WriteLine($"{name}: {fired} faults of {cases} tried, at {undisturbed.StoreCalls.Count} calls. {CaseLedger.Totals()}");

        // Where a journal file ends may differ by a frame from run to run, so the last calls may not come.
        Assert.InRange(fired, cases * 19 / 20, cases);
    }
}
