using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Tests.Support;
using Xunit.Abstractions;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>
/// The journal's last group cut at every byte, whatever kind of frame it ends with, and the bytes from there on lost (zeros), something else
/// (garbage) or gone (a shorter file). What was synced before is back, in order, once; the journal goes on; nothing of the cut returns.
/// </summary>
public sealed class CutTests(ITestOutputHelper output)
{
    private const int Seed = 20_240_611;
    private const int FramesPerFile = 26;

    [Theory]
    [InlineData(FrameKind.Batch, 101)]
    [InlineData(FrameKind.LogStart, 0)]
    [InlineData(FrameKind.BatchCopy, 90)]
    [InlineData(FrameKind.Checkpoint, 203)]
    [InlineData(FrameKind.Tiered, 8)]
    public async Task A_group_with_a_frame_of_any_kind_may_be_cut_anywhere(FrameKind kind, int length)
    {
        var rig = new Rig();
        FileJournal journal = rig.Open();
        AppendSynced(journal, rig, 3);
        JournalPosition from = journal.End;
        Assert.Equal(JournalAppendStatus.Appended, journal.TryAppend(rig.Appender, 0, 3, length, out _, kind));
        journal.Append(rig.Appender, 0, 4, 50);
        journal.Step();
        await CutEverywhereAsync(kind.ToString(), rig.Disk, 1, (int)from.Value, (int)journal.End.Value, synced: 3, appended: 5);
    }

    [Fact]
    public async Task The_frame_that_says_that_files_are_gone_may_be_cut_anywhere()
    {
        var rig = new Rig();
        FileJournal journal = rig.Open();
        AppendSynced(journal, rig, FramesPerFile + 3);
        JournalPosition from = journal.End;
        int start = (int)(from.Value % rig.Options.FileBytes);
        MemoryDisk? beforeDeletion = null;
        rig.Disk.Before = call => beforeDeletion ??= call == "delete" ? rig.Disk.Copy() : null;
        ValueTask<int> trimming = journal.TrimAsync(from);
        journal.Step();
        Assert.Equal(1, await trimming);
        await CutEverywhereAsync(
            "Trimmed",
            beforeDeletion!,
            2,
            start,
            start + FrameHeader.SizeOf(8),
            synced: FramesPerFile + 3,
            appended: FramesPerFile + 3,
            givenBack: FramesPerFile);
    }

    [Fact]
    public async Task The_frame_that_says_that_the_node_stopped_may_be_cut_anywhere()
    {
        var rig = new Rig();
        FileJournal journal = rig.Open();
        AppendSynced(journal, rig, 3);
        int from = (int)journal.End.Value;
        await journal.DisposeAsync();
        await CutEverywhereAsync("CleanStop", rig.Disk, 1, from, from + FrameHeader.Size, synced: 3, appended: 3);
    }

    [Fact]
    public async Task The_end_of_a_file_and_the_beginning_of_the_next_may_be_cut_anywhere()
    {
        var rig = new Rig();
        FileJournal journal = rig.Open();
        AppendSynced(journal, rig, FramesPerFile - 1);
        int from = (int)journal.End.Value;
        journal.Append(rig.Appender, 0, FramesPerFile - 1, 1000);
        journal.Append(rig.Appender, 0, FramesPerFile, 1000);
        Assert.True(journal.Step());

        // The group that ends with FileEnd; the next file holds nothing yet.
        int end = from + FrameHeader.SizeOf(1000) + FrameHeader.Size;
        await CutEverywhereAsync("FileEnd", rig.Disk.Copy(), 1, from, end, synced: FramesPerFile - 1, appended: FramesPerFile);

        Assert.True(journal.Step());
        await CutEverywhereAsync(
            "first of a file", rig.Disk, 2, 4096, 4096 + FrameHeader.SizeOf(1000), synced: FramesPerFile, appended: FramesPerFile + 1);
    }

    private static void AppendSynced(FileJournal journal, Rig rig, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            journal.Append(rig.Appender, 0, i, 1000);
            journal.Step();
        }
    }

    private async Task CutEverywhereAsync(string what, MemoryDisk whole, long number, int from, int end, int synced, int appended, int givenBack = 0)
    {
        int cases = 0;
        var random = new Random(Seed);
        for (int cut = from; cut < end; cut++)
        {
            foreach (string way in (string[])["zeros", "garbage", "gone"])
            {
                MemoryDisk disk = whole.Copy();
                Cut(disk, number, cut, end, way, random);
                try
                {
                    await RestartTwiceAsync(disk, acceptDamage: way == "gone", synced, appended, givenBack);
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"{what}, cut at byte {cut} of file {number} with {way}, seed {Seed}: {error.Message}", error);
                }

                cases++;
            }
        }

        output.WriteLine($"{what}: {cases} distinct cuts, seed {Seed}");
    }

    private static void Cut(MemoryDisk disk, long number, int cut, int end, string way, Random random)
    {
        if (way == "gone")
        {
            // No crash of ours can shorten a file, so this is refused first, by name.
            disk.Put(number, disk[number].Content[..cut]);
            CorruptDataException error = Assert.Throws<CorruptDataException>(() => new Rig { Disk = disk }.Open());
            Assert.Contains($"memory/{number}.journal, byte {cut}: ends there", error.Message, StringComparison.Ordinal);
            return;
        }

        disk[number].Damage(bytes =>
        {
            if (way == "zeros")
            {
                bytes.AsSpan(cut, end - cut).Clear();
            }
            else
            {
                // To the end of the block, as a torn write would leave it.
                random.NextBytes(bytes.AsSpan(cut, ((end + 4095) & ~4095) - cut));
            }
        });
    }

    private static async Task RestartTwiceAsync(MemoryDisk disk, bool acceptDamage, int synced, int appended, int givenBack)
    {
        var rig = new Rig { Disk = disk, Options = Rig.SmallOptions with { AcceptDamage = acceptDamage } };
        int back;
        await using (FileJournal journal = rig.Open())
        {
            back = rig.Replay.Frames.Count;
            Assert.InRange(back, synced, appended);
            rig.Replay.AssertReplayed(0, [.. Enumerable.Range(0, back).Select(i => (long)i)]);
            journal.Append(rig.Appender, 0, 1000, 333);
            journal.Step();
            disk = disk.Copy();
        }

        var again = new Rig { Disk = disk };
        await using FileJournal last = again.Open();

        // Where the frame that gives the first file back is whole in spite of the cut (its last bytes are zeros), the first restart has done so.
        int first = disk.Numbers[0] == 1 ? 0 : givenBack;
        again.Replay.AssertReplayed(0, [.. Enumerable.Range(first, back - first).Select(i => (long)i), 1000]);
    }
}
