using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>What no crash can have done to the journal is refused, with the place and the choices, or cut if the operator says so.</summary>
public sealed class DamageTests
{
    private const int FirstFrame = 4096;

    [Fact]
    public void Any_byte_flipped_below_a_frame_that_came_after_its_sync_is_damage()
    {
        MemoryDisk whole = Rig.DiskWith(300, 200, 100, 50);
        int secondToLast = FirstFrame + FrameHeader.SizeOf(300) + FrameHeader.SizeOf(200);
        for (int at = FirstFrame; at < secondToLast; at++)
        {
            if (IsPadding(at, 300, 200))
            {
                continue;
            }

            MemoryDisk disk = whole.Copy();
            disk[1].Damage(bytes => bytes[at] ^= 0x80);
            var rig = new Rig { Disk = disk };
            CorruptDataException error = Assert.Throws<CorruptDataException>(() => rig.Open());
            int frame = at < FirstFrame + FrameHeader.SizeOf(300) ? FirstFrame : FirstFrame + FrameHeader.SizeOf(300);
            Assert.Contains($"memory/1.journal, byte {frame}:", error.Message, StringComparison.Ordinal);
            Assert.Contains("GrainStream:Journal:AcceptDamage=true", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_frame_turned_to_zeros_below_a_later_one_is_damage()
    {
        MemoryDisk disk = Rig.DiskWith(300, 200, 100, 50);
        disk[1].Damage(bytes => bytes.AsSpan(FirstFrame, FrameHeader.SizeOf(300)).Clear());
        Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
    }

    [Fact]
    public async Task After_a_clean_stop_a_bad_last_frame_is_damage()
    {
        var writing = new Rig();
        await using (FileJournal journal = writing.Open())
        {
            journal.Append(writing.Appender, 0, 0, 100);
        }

        writing.Disk[1].Damage(bytes => bytes[FirstFrame + 80] ^= 1);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = writing.Disk }.Open());
        Assert.Contains("checksum does not match", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_bad_frame_in_a_file_that_others_follow_is_damage(int number)
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk[number].Damage(bytes => bytes[FirstFrame + 2000] ^= 1);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains($"memory/{number}.journal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_lost_its_end_while_others_follow_is_damage()
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk[1].Damage(bytes => bytes.AsSpan(20_000).Clear());
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains("yet the journal goes on in memory/2.journal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_damage()
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk.Remove(2);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains("memory/2.journal is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_journal_is_damage()
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk.Put(2, DiskOfFourFiles()[2].Content);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains("belongs to another journal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_under_another_number_is_damage()
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk.Put(2, disk[3].Content);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains("says that it is file 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_shortened_file_is_damage(int number)
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk.Put(number, disk[number].Content[..9000]);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains($"memory/{number}.journal, byte 9000: ends there", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_bad_head_of_a_file_with_frames_is_damage(int number)
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk[number].Damage(bytes => bytes[40] ^= 1);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains($"memory/{number}.journal, byte 0: no valid head block", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_format_of_the_future_is_not_called_damage()
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk[1].Damage(bytes =>
        {
            bytes[12] = 2;
            BitConverter.TryWriteBytes(bytes.AsSpan(8), Protocol.Records.Crc32C.Compute(bytes.AsSpan(12, 4084)));
        });
        StorageUnavailableException error = Assert.Throws<StorageUnavailableException>(() => new Rig { Disk = disk }.Open());
        Assert.Contains("Start the version that wrote it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepted_damage_cuts_the_journal_there_keeps_the_rest_aside_and_says_so_loudly()
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk[2].Damage(bytes => bytes[FirstFrame + (5 * FrameHeader.SizeOf(1000)) + 500] ^= 1);
        var rig = new Rig { Disk = disk, Options = Rig.SmallOptions with { AcceptDamage = true } };
        int before;
        await using (FileJournal journal = rig.Open())
        {
            before = rig.Replay.Frames.Count;
            Assert.InRange(before, 20, 40);
            rig.Replay.AssertReplayed(0, [.. Enumerable.Range(0, before).Select(i => (long)i)]);
            Assert.Contains("memory/2.journal.damaged", disk.Aside);
            Assert.Contains("memory/3.journal.damaged", disk.Aside);
            (LogLevel level, EventId id, string text) = Assert.Single(rig.Log.Lines, line => line.Level == LogLevel.Critical);
            Assert.Equal(2004, id);
            Assert.Contains("memory/2.journal", text, StringComparison.Ordinal);
            for (int i = before; i < before + 50; i++)
            {
                journal.Append(rig.Appender, 0, i, 1000);
            }
        }

        var after = new Rig { Disk = disk };
        await using FileJournal again = after.Open();
        after.Replay.AssertReplayed(0, [.. Enumerable.Range(0, before + 50).Select(i => (long)i)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Accepted_damage_of_a_whole_file_cuts_before_it(int number)
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk[number].Damage(bytes => bytes[40] ^= 1);
        var rig = new Rig { Disk = disk, Options = Rig.SmallOptions with { AcceptDamage = true } };
        int before;
        await using (FileJournal journal = rig.Open())
        {
            before = rig.Replay.Frames.Count;
            Assert.Equal(number == 1, before == 0);
            journal.Append(rig.Appender, 0, before, 1000);
        }

        var after = new Rig { Disk = disk };
        await using FileJournal again = after.Open();
        after.Replay.AssertReplayed(0, [.. Enumerable.Range(0, before + 1).Select(i => (long)i)]);
    }

    [Fact]
    public void Refusing_damage_changes_nothing()
    {
        MemoryDisk disk = DiskOfFourFiles();
        disk[2].Damage(bytes => bytes[FirstFrame + 2000] ^= 1);
        Dictionary<long, byte[]> before = disk.Numbers.ToDictionary(number => number, number => disk[number].Content.ToArray());
        Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
        Assert.Equal(before.Keys, disk.Numbers);
        Assert.All(before, file => Assert.Equal(file.Value, disk[file.Key].Content));
        Assert.Empty(disk.Aside);
    }

    [Fact]
    public async Task Random_bytes_in_place_of_files_are_refused_or_recovered_but_never_crash_recovery()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            MemoryDisk disk = DiskOfFourFiles();
            int hits = random.Next(1, 20);
            for (int i = 0; i < hits; i++)
            {
                long number = disk.Numbers[random.Next(disk.Numbers.Count)];
                disk[number].Damage(bytes => random.NextBytes(bytes.AsSpan(random.Next(bytes.Length - 200), random.Next(200))));
            }

            try
            {
                var rig = new Rig { Disk = disk, Options = Rig.SmallOptions with { AcceptDamage = random.Next(2) == 0 } };
                await using FileJournal journal = rig.Open();
                rig.Replay.AssertReplayed(0, [.. Enumerable.Range(0, rig.Replay.Frames.Count).Select(i => (long)i)]);
            }
            catch (Exception error) when (error is CorruptDataException or StorageUnavailableException)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    private static MemoryDisk DiskOfFourFiles()
    {
        MemoryDisk disk = Rig.DiskWith([.. Enumerable.Repeat(1000, 70)]);
        Assert.Equal([1, 2, 3, 4], disk.Numbers);
        return disk;
    }

    private static bool IsPadding(int at, params int[] lengths)
    {
        int start = FirstFrame;
        foreach (int length in lengths)
        {
            int end = start + FrameHeader.SizeOf(length);
            if (at < end)
            {
                return at >= start + FrameHeader.Size + length;
            }

            start = end;
        }

        return false;
    }
}
