using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>
/// Power cuts at random moments, again and again on one disk: of the sectors written since the last sync any may be there or not. What was
/// reported synced is back, in order, once; what comes back beyond it is what was appended next; nothing else.
/// </summary>
public sealed class CrashTests
{
    private const int Crashes = 4;

    private static readonly FileJournalOptions Options = new()
    {
        DataDirectory = "unused",
        FileBytes = 32 * 1024,
        SlabBytes = 8 * 1024,
        TailMemoryBytes = 4 * 8 * 1024,
        MaxGroupBytes = 12 * 1024,
    };

    public static TheoryData<int> SeedRanges => [.. Enumerable.Range(0, 10).Select(i => i * 60)];

    [Theory]
    [MemberData(nameof(SeedRanges))]
    public async Task Every_synced_frame_is_back_after_a_crash_in_order_and_once(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 60; seed++)
        {
            try
            {
                await Run(seed);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }
        }
    }

    private static async Task Run(int seed)
    {
        var random = new Random(seed);
        var disk = new MemoryDisk();
        List<long> expected = [];
        long nextOffset = 0;
        int synced = 0;
        for (int run = 0; run <= Crashes; run++)
        {
            while (random.Next(3) == 0)
            {
                disk = CrashWhileRecovering(disk, random);
            }

            var replay = new RecordingReplay();
            FileJournal journal = Open(disk, replay);
            Assert.InRange(replay.Frames.Count, synced, expected.Count);
            expected = expected[..replay.Frames.Count];
            replay.AssertReplayed(0, [.. expected]);
            synced = expected.Count;
            if (run == Crashes)
            {
                await journal.DisposeAsync();
                return;
            }

            var appender = new RecordingAppender();
            var indexAfter = new Dictionary<long, int>();
            appender.OnSynced = end => synced = indexAfter[end.Value];
            int callsLeft = random.Next(1, 40);
            disk.Before = _ => CutPowerAtZero(ref callsLeft);
            while (!journal.Failure.IsCompleted && callsLeft > 0)
            {
                int count = random.Next(1, 6);
                for (int i = 0; i < count; i++)
                {
                    int length = random.Next(4) switch { 0 => random.Next(0, 40), 1 => random.Next(3000, 20_000), _ => random.Next(0, 1200) };
                    if (journal.TryAppend(appender, 0, nextOffset, length, out _) != JournalAppendStatus.Appended)
                    {
                        break;
                    }

                    expected.Add(nextOffset++);
                    indexAfter[nextOffset] = expected.Count;
                }

                int steps = random.Next(0, 4);
                for (int i = 0; i < steps && !journal.Failure.IsCompleted; i++)
                {
                    journal.Step();
                }
            }

            Assert.Null(appender.Violation);
            disk.Before = null;
            MemoryDisk after = disk.Crash(random);
            disk.Before = _ => throw new IOException("power is off");
            await journal.DisposeAsync();
            disk = after;
        }
    }

    private static FileJournal Open(MemoryDisk disk, RecordingReplay replay) =>
        FileJournal.Open(Options, disk.Mount(), replay, TimeProvider.System, NullLogger.Instance, null, ownThread: false);

    /// <summary>Recovery is cut short by a power cut too: whatever it had written and synced of its own.</summary>
    private static MemoryDisk CrashWhileRecovering(MemoryDisk disk, Random random)
    {
        int callsLeft = random.Next(1, 4);
        disk.Before = _ => CutPowerAtZero(ref callsLeft);
        try
        {
            // Never disposed: the power goes before that. What it holds is freed with the process.
            Open(disk, new RecordingReplay());
        }
        catch (StorageUnavailableException)
        {
            // The power went before it was open.
        }

        return disk.Crash(random);
    }

    private static void CutPowerAtZero(ref int callsLeft)
    {
        if (--callsLeft <= 0)
        {
            throw new IOException("power cut");
        }
    }
}
