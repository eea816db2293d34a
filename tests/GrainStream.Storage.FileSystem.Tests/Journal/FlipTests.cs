using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Xunit.Abstractions;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>
/// Single bits of journal files turned over, in heads, frames, padding and empty space. Each is refused with file and byte, or shows in the log
/// with file and byte and has changed nothing that is served.
/// </summary>
public sealed class FlipTests(ITestOutputHelper output)
{
    private const int Seed = 77_031;
    private const int Frames = 90;

    [Fact]
    public async Task Of_a_journal_that_stopped_in_good_order_every_flip_is_reported_and_nothing_is_lost_or_changed_unseen()
    {
        MemoryDisk whole = await DiskAsync(cleanStop: true);
        var random = new Random(Seed);
        var counts = new SortedDictionary<string, int>();
        foreach ((long number, int at) in Samples(whole, random, 900))
        {
            string outcome = await FlipAsync(whole, number, at, 1 << random.Next(8), mayLose: 0);
            counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
        }

        output.WriteLine($"seed {Seed}: {string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))}");
        Assert.Equal(900, counts.Values.Sum());
    }

    [Fact]
    public async Task After_a_kill_only_the_last_group_can_look_like_an_unfinished_write()
    {
        MemoryDisk whole = await DiskAsync(cleanStop: false);
        var random = new Random(Seed + 1);
        var counts = new SortedDictionary<string, int>();
        foreach ((long number, int at) in Samples(whole, random, 500))
        {
            string outcome = await FlipAsync(whole, number, at, 1 << random.Next(8), mayLose: 1);
            counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
        }

        output.WriteLine($"seed {Seed + 1}: {string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))}");
    }

    /// <summary>Places all over, and as many again where something special is: heads, the frames' heads, their padding, the ends of files.</summary>
    private static IEnumerable<(long Number, int At)> Samples(MemoryDisk disk, Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            long number = disk.Numbers[random.Next(disk.Numbers.Count)];
            int length = (int)disk[number].Length;
            int frame = 4096 + (random.Next(26) * FrameHeader.SizeOf(1003));
            yield return (i % 6) switch
            {
                0 => (number, random.Next(64)),
                1 => (number, random.Next(4096)),
                2 => (number, Math.Min(length - 1, frame + random.Next(FrameHeader.Size))),
                3 => (number, Math.Min(length - 1, frame + FrameHeader.Size + 1003 + random.Next(5))),
                4 => (number, length - 1 - random.Next(1200)),
                _ => (number, random.Next(length)),
            };
        }
    }

    /// <summary>Turns one bit over and opens the journal; what came of it.</summary>
    private static async Task<string> FlipAsync(MemoryDisk whole, long number, int at, int bit, int mayLose)
    {
        MemoryDisk disk = whole.Copy();
        disk[number].Damage(bytes => bytes[at] ^= (byte)bit);
        var rig = new Rig { Disk = disk };
        try
        {
            await using FileJournal journal = rig.Open();
            int back = rig.Replay.Frames.Count;
            Assert.True(back >= Frames - mayLose, $"byte {at} of file {number}: {back} frames are back, silently");
            rig.Replay.AssertReplayed(0, [.. Enumerable.Range(0, back).Select(i => (long)i)]);
            Assert.Contains(rig.Log.Lines, line => line.Text.Contains($"memory/{number}.journal", StringComparison.Ordinal));
            return back < Frames ? "taken for an unfinished write" : "harmless and logged";
        }
        catch (CorruptDataException error)
        {
            Assert.Matches($@"memory/\d+\.journal(, byte \d+:| is missing)", error.Message);
            return "refused";
        }
    }

    private static async Task<MemoryDisk> DiskAsync(bool cleanStop)
    {
        var rig = new Rig();
        FileJournal journal = rig.Open();
        for (int i = 0; i < Frames; i++)
        {
            journal.Append(rig.Appender, 0, i, 1003);
            journal.Step();
        }

        if (cleanStop)
        {
            await journal.DisposeAsync();
        }

        return rig.Disk.Copy();
    }
}
