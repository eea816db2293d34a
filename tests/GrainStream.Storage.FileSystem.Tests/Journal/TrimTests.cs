using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>Files given back, and what a crash in between, a lost file and a full disk make of it.</summary>
public sealed class TrimTests(ITestOutputHelper output)
{
    private const int FramesPerFile = 26;

    [Fact]
    public async Task What_says_that_files_are_gone_is_synced_before_they_are()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        Fill(journal, rig, 3 * FramesPerFile);
        List<string> calls = [];
        rig.Disk.Before = calls.Add;
        ValueTask<int> trimming = journal.TrimAsync(journal.End);
        Assert.False(trimming.IsCompleted);
        Assert.Empty(calls);
        Assert.True(journal.Step());
        Assert.True(await trimming >= 2);
        Assert.Equal(["write", "sync", "delete", "sync directory", "delete", "sync directory"], calls.Where(call => call != "create").Take(6));
        Assert.Equal(journal.Start, FirstFile(rig.Disk));
    }

    [Fact]
    public async Task Nothing_is_written_where_nothing_can_be_given_back()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        Fill(journal, rig, FramesPerFile / 2);
        (JournalPosition end, int writes) = (journal.End, rig.Disk.Writes);
        Assert.Equal(0, await journal.TrimAsync(journal.End));
        Assert.Equal(0, await journal.TrimAsync(new JournalPosition(long.MaxValue)));
        Assert.Equal((end, writes), (journal.End, rig.Disk.Writes));
    }

    [Fact]
    public async Task What_is_not_synced_is_not_given_back()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        for (int i = 0; i < 3 * FramesPerFile; i++)
        {
            journal.Append(rig.Appender, 0, i, 1000);
        }

        Assert.Equal(0, await journal.TrimAsync(journal.End));
    }

    [Fact]
    public async Task A_crash_at_any_step_of_a_trim_loses_nothing_that_is_kept()
    {
        int cases = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            for (int cutAt = 1; ; cutAt++)
            {
                (MemoryDisk after, long firstKept, int frames, bool completed) = await TrimAndCutPowerAsync(cutAt, new Random(seed));
                var rig = new Rig { Disk = after };
                await using FileJournal journal = rig.Open();
                long[] offsets = rig.Replay.OffsetsOf(Frames.Partition(0));
                Assert.Equal(Enumerable.Range((int)offsets[0], frames - (int)offsets[0]).Select(i => (long)i), offsets);
                Assert.InRange(offsets[0], 0, firstKept);
                Assert.Equal(journal.Start, FirstFile(after));
                cases++;
                if (completed)
                {
                    Assert.Equal(firstKept, offsets[0]);
                    break;
                }
            }
        }

        output.WriteLine($"{cases} crashes");
        Assert.True(cases >= 100);
    }

    [Fact]
    public async Task Files_that_a_crash_left_are_deleted_at_the_next_start()
    {
        var writing = new Rig();
        FileJournal journal = writing.Open();
        Fill(journal, writing, 4 * FramesPerFile);
        MemoryDisk before = writing.Disk.Copy();
        ValueTask<int> trimming = journal.TrimAsync(journal.End);
        while (journal.Step())
        {
        }

        int trimmed = await trimming;
        MemoryDisk disk = writing.Disk.Copy();
        for (long number = 2; number <= trimmed; number++)
        {
            disk.Put(number, before[number].Content);
        }

        var rig = new Rig { Disk = disk };
        await using FileJournal again = rig.Open();
        Assert.Equal(trimmed + 1, disk.Numbers[0]);
        Assert.Equal(trimmed - 1, rig.Log.Lines.Count(line => line.Id == 2011));
    }

    [Fact]
    public async Task A_file_lost_at_the_front_is_damage_that_names_it()
    {
        MemoryDisk disk = await TrimmedDiskAsync();
        long lost = disk.Numbers[0];
        disk.Remove(lost);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains($"memory/{lost}.journal is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_lost_at_the_front_can_be_accepted_once_and_for_all()
    {
        MemoryDisk disk = await TrimmedDiskAsync();
        disk.Remove(disk.Numbers[0]);
        var rig = new Rig { Disk = disk, Options = Rig.SmallOptions with { AcceptDamage = true } };
        await using (FileJournal journal = rig.Open())
        {
            Assert.Single(rig.Log.Lines, line => line.Level == LogLevel.Critical && line.Id == 2004);
        }

        await using FileJournal again = new Rig { Disk = disk }.Open();
    }

    [Fact]
    public async Task A_first_file_that_lost_all_it_held_is_damage()
    {
        MemoryDisk disk = await TrimmedDiskAsync();
        long first = disk.Numbers[0];
        foreach (long later in disk.Numbers.Skip(1).ToArray())
        {
            disk.Remove(later);
        }

        disk.Put(first, new byte[32 * 1024]);
        Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
    }

    [Fact]
    public async Task With_the_disk_full_a_trim_finds_room_and_appends_go_on_at_once()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        rig.Disk.Capacity = 3 * 32 * 1024;
        int taken = 0;
        while (journal.TryAppend(rig.Appender, 0, taken, 1000, out _) == JournalAppendStatus.Appended)
        {
            taken++;
            journal.Step();
        }

        Assert.InRange(taken, 2 * FramesPerFile, 4 * FramesPerFile);
        ValueTask<int> trimming = journal.TrimAsync(journal.OldestFileEnd);
        Assert.True(journal.Step());
        Assert.Equal(1, await trimming);
        for (int i = 0; i < FramesPerFile; i++)
        {
            journal.Append(rig.Appender, 0, taken + i, 1000);
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_deleted_stays_the_oldest_and_goes_next_time()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        Fill(journal, rig, 4 * FramesPerFile);
        rig.Disk.Before = call =>
        {
            if (call == "delete")
            {
                throw new IOException("Operation not permitted (errno 1)");
            }
        };
        ValueTask<int> trimming = journal.TrimAsync(journal.End);
        journal.Step();
        StorageUnavailableException error = await Assert.ThrowsAsync<StorageUnavailableException>(() => trimming.AsTask());
        Assert.Contains("Operation not permitted", error.Message, StringComparison.Ordinal);
        Assert.Equal(default, journal.Start);
        rig.Disk.Before = null;
        trimming = journal.TrimAsync(journal.End);
        journal.Step();
        Assert.True(await trimming >= 3);
    }

    [Fact]
    public async Task A_journal_that_failed_gives_nothing_back()
    {
        var rig = new Rig();
        await using FileJournal journal = rig.Open();
        Fill(journal, rig, 3 * FramesPerFile);
        ValueTask<int> trimming = journal.TrimAsync(journal.End);
        rig.Disk.Before = call => throw new IOException("Input/output error (errno 5)");
        journal.Step();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => trimming.AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => journal.TrimAsync(journal.End).AsTask());
        Assert.Equal(1, rig.Disk.Numbers[0]);
    }

    private static void Fill(FileJournal journal, Rig rig, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            journal.Append(rig.Appender, 0, i, 1000);
            journal.Step();
        }
    }

    /// <summary>A journal whose first files were given back, that goes on for some files after that.</summary>
    private static async Task<MemoryDisk> TrimmedDiskAsync()
    {
        var rig = new Rig();
        FileJournal journal = rig.Open();
        Fill(journal, rig, 5 * FramesPerFile);
        ValueTask<int> trimming = journal.TrimAsync(journal.OldestFileEnd);
        journal.Step();
        Assert.Equal(1, await trimming);
        for (int i = 0; i < FramesPerFile; i++)
        {
            journal.Append(rig.Appender, 0, (5 * FramesPerFile) + i, 1000);
            journal.Step();
        }

        return rig.Disk.Copy();
    }

    private static async Task<(MemoryDisk After, long FirstKept, int Frames, bool Completed)> TrimAndCutPowerAsync(int cutAt, Random random)
    {
        const int Count = 5 * FramesPerFile;
        var rig = new Rig();
        FileJournal journal = rig.Open();
        var positions = new List<JournalPosition>();
        for (int i = 0; i < Count; i++)
        {
            positions.Add(journal.Append(rig.Appender, 0, i, 1000));
            journal.Step();
        }

        int calls = 0;
        rig.Disk.Before = _ =>
        {
            if (++calls == cutAt)
            {
                throw new IOException("power cut");
            }

            Assert.True(calls < cutAt, "the power is off");
        };
        JournalPosition below = positions[(4 * FramesPerFile) + 3];
        ValueTask<int> trimming = journal.TrimAsync(below);
        journal.Step();
        bool completed = await EndsAsync(trimming);
        rig.Disk.Before = null;
        long firstKept = positions.FindIndex(position => position.Value >= below.Value / rig.Options.FileBytes * rig.Options.FileBytes);
        return (rig.Disk.Crash(random), firstKept, Count, completed);
    }

    private static async Task<bool> EndsAsync(ValueTask<int> trimming)
    {
        try
        {
            return await trimming > 0;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    private static JournalPosition FirstFile(MemoryDisk disk) =>
        new(BitConverter.ToInt64(disk[disk.Numbers[0]].Content, 24));
}
