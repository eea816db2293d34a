using GrainStream.Storage.FileSystem.Journal;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>No signal is lost.</summary>
public sealed class WriterSignalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_signal_raised_before_the_wait_ends_it_at_once()
    {
        var signal = new WriterSignal();
        signal.Raise();
        signal.Raise();
        signal.Wait();
    }

    [Fact]
    public async Task Two_threads_hand_each_other_the_turn_many_times()
    {
        const int Turns = 20_000;
        var there = new WriterSignal();
        var back = new WriterSignal();
        int turns = 0;
        Task other = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Turns; i++)
                {
                    there.Wait();
                    turns++;
                    back.Raise();
                }
            },
            TaskCreationOptions.LongRunning);
        Task self = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Turns; i++)
                {
                    there.Raise();
                    back.Wait();
                    Assert.Equal(i + 1, turns);
                }
            },
            TaskCreationOptions.LongRunning);
        await Task.WhenAll(other, self).WaitAsync(Patience);
    }

    [Fact]
    public async Task Signals_raised_by_many_threads_are_all_seen()
    {
        const int PerThread = 20_000;
        var signal = new WriterSignal();
        int raised = 0;
        Task waiter = Task.Factory.StartNew(
            () =>
            {
                while (Volatile.Read(ref raised) < 3 * PerThread)
                {
                    signal.Wait();
                }
            },
            TaskCreationOptions.LongRunning);
        IEnumerable<Task> raisers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < PerThread; i++)
            {
                Interlocked.Increment(ref raised);
                signal.Raise();
            }
        }));
        await Task.WhenAll([waiter, .. raisers]).WaitAsync(Patience);
    }
}
