using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>What a crash in the middle of writing leaves at the journal's end is cut, and only that.</summary>
public sealed class TornWriteTests
{
    private const int FirstFrame = 4096;

    [Fact]
    public async Task The_last_frames_cut_at_every_byte_lose_only_what_is_cut()
    {
        int[] lengths = [300, 200, 0, 77];
        MemoryDisk whole = Rig.DiskWith(lengths);
        int[] ends = [.. lengths.Select((_, i) => FirstFrame + lengths.Take(i + 1).Sum(FrameHeader.SizeOf))];
        int[] contentEnds = [.. ends.Select((end, i) => end - FrameHeader.SizeOf(lengths[i]) + FrameHeader.Size + lengths[i])];
        for (int cut = FirstFrame; cut <= ends[^1]; cut++)
        {
            MemoryDisk disk = whole.Copy();
            disk[1].Damage(bytes => bytes.AsSpan(cut).Clear());

            // A head ends in zeros, so a frame without payload is whole before its last byte is written.
            int kept = contentEnds.Count(end => end <= cut) is var count && lengths.Length > count && lengths[count] == 0
                && cut >= contentEnds[count] - 6 ? count + 1 : contentEnds.Count(end => end <= cut);
            var rig = new Rig { Disk = disk };
            await using FileJournal journal = rig.Open();
            rig.Replay.AssertReplayed(0, [.. Enumerable.Range(0, kept).Select(i => (long)i)]);
        }
    }

    [Fact]
    public async Task After_a_cut_the_journal_goes_on_and_nothing_of_the_torn_write_returns()
    {
        // Three frames of one group; the first is lost, the others reached the disk.
        var writing = new Rig();
        FileJournal journal = writing.Open();
        journal.Append(writing.Appender, 0, 0, 100);
        journal.Step();
        JournalPosition lost = journal.Append(writing.Appender, 0, 1, 100);
        journal.Append(writing.Appender, 0, 2, 100);
        journal.Append(writing.Appender, 0, 3, 5000);
        journal.Step();
        MemoryDisk disk = writing.Disk.Copy();
        disk[1].Damage(bytes => bytes[lost.Value + 70] ^= 1);

        var rig = new Rig { Disk = disk };
        FileJournal after = rig.Open();
        rig.Replay.AssertReplayed(0, 0);
        Assert.Contains(rig.Log.Lines, line => line.Level == LogLevel.Information && line.Id == 2001 && line.Text.Contains($"at byte {lost}", StringComparison.Ordinal));
        Assert.True(disk[1].Content.AsSpan((int)lost.Value).IndexOfAnyExcept((byte)0) < 0);

        // Exactly as long as the lost one: what followed it would be taken for frames again if it were still there.
        Assert.Equal(lost, after.Append(rig.Appender, 0, 9, 100));
        after.Step();
        var last = new Rig { Disk = disk.Copy() };
        await using FileJournal again = last.Open();
        last.Replay.AssertReplayed(0, 0, 9);
    }

    [Theory]
    [InlineData(FirstFrame, 4)]
    [InlineData(FirstFrame + 400, 3)]
    [InlineData(FirstFrame + 900, 2)]
    public async Task Any_byte_flipped_in_the_last_group_is_a_torn_write(int from, int framesFromThere)
    {
        var writing = new Rig();
        FileJournal journal = writing.Open();
        for (int i = 0; i < 4; i++)
        {
            journal.Append(writing.Appender, 0, i, 400 - FrameHeader.Size);
        }

        journal.Step();
        Assert.Equal(4, writing.Appender.SyncedEnd.Value);
        Assert.InRange(framesFromThere, 2, 4);
        for (int at = from; at < from + 400; at += 3)
        {
            var rig = new Rig { Disk = writing.Disk.Copy() };
            rig.Disk[1].Damage(bytes => bytes[at] ^= 0x10);
            await using FileJournal after = rig.Open();
            rig.Replay.AssertReplayed(0, [.. Enumerable.Range(0, (at - FirstFrame) / 400).Select(i => (long)i)]);
        }
    }

    [Fact]
    public async Task A_group_torn_where_its_file_ends_is_cut_though_the_next_file_was_made_ahead()
    {
        var writing = new Rig();
        FileJournal journal = writing.Open();
        for (int i = 0; i < 27; i++)
        {
            journal.Append(writing.Appender, 0, i, 1000);
        }

        // The first file's frames, and the frame that ends it; the next file holds nothing yet.
        journal.Step();
        Assert.Equal(2, writing.Disk.Numbers.Count(number => number <= 2));
        MemoryDisk disk = writing.Disk.Copy();
        disk[1].Damage(bytes => bytes[FirstFrame + 100] ^= 1);
        var rig = new Rig { Disk = disk };
        await using FileJournal after = rig.Open();
        rig.Replay.AssertReplayed(0);
        for (int i = 0; i < 60; i++)
        {
            after.Append(rig.Appender, 0, i, 1000);
            after.Step();
        }

        var last = new Rig { Disk = disk.Copy() };
        await using FileJournal again = last.Open();
        Assert.Equal(60, last.Replay.Frames.Count);
    }

    [Fact]
    public async Task A_file_whose_making_was_cut_short_is_made_again()
    {
        foreach (byte[] unfinished in new byte[][] { [], new byte[4096], new byte[32 * 1024] })
        {
            MemoryDisk disk = Rig.DiskWith(100, 200);
            disk.Remove(2);
            disk.Put(2, unfinished);
            var rig = new Rig { Disk = disk };
            await using FileJournal journal = rig.Open();
            rig.Replay.AssertReplayed(0, 0, 1);
            Assert.Equal([1, 2], disk.Numbers);
            Assert.Equal(32 * 1024, disk[2].Length);
        }
    }

    [Fact]
    public async Task The_first_file_cut_short_in_its_making_is_made_again()
    {
        var rig = new Rig();
        rig.Disk.Put(1, new byte[100]);
        await using FileJournal journal = rig.Open();
        journal.Append(rig.Appender, 0, 0, 10);
        Assert.True(journal.Step());
    }

    [Fact]
    public async Task A_file_made_ahead_is_used_after_a_restart()
    {
        MemoryDisk disk = Rig.DiskWith(100);
        Assert.Equal([1, 2], disk.Numbers);
        var rig = new Rig { Disk = disk };
        disk.Capacity = 0;
        await using FileJournal journal = rig.Open();
        for (int i = 0; i < 50; i++)
        {
            journal.Append(rig.Appender, 0, i, 1000);
        }
    }
}
