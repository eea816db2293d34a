using System.Globalization;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Inspection;
using GrainStream.Storage.FileSystem.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace GrainStream.Storage.FileSystem.Tests.Inspection;

/// <summary>Journal files as an operator sees them, without opening them as a journal.</summary>
public sealed class JournalInspectionTests(ITestOutputHelper output) : IDisposable
{
    private const int FirstFrame = 4096;
    private const int BatchesPerFile = 80;
    private const int Seed = 4_711;

    private readonly TestDirectory _directory = new();

    private FileJournalOptions Options => new()
    {
        DataDirectory = _directory.Path, FileBytes = 32 * 1024, SlabBytes = 8 * 1024, TailMemoryBytes = 4 * 8 * 1024,
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_file_is_shown_frame_by_frame()
    {
        await using (FileJournal journal = Open())
        {
            await AppendAsync(journal, 0, 3, recordsEach: 2);
        }

        List<JournalFrameInfo> frames = [];
        JournalFileSummary file = JournalInspection.Dump(PathOf(1), frames.Add);
        Assert.Equal((1, 0, 32 * 1024, 4), (file.Number, file.Base.Value, file.Length, file.Frames));
        Assert.Empty(file.Findings);
        Assert.Equal([FrameKind.Batch, FrameKind.Batch, FrameKind.Batch, FrameKind.CleanStop], frames.Select(frame => frame.Header.Kind));
        Assert.Equal([0L, 2, 4], frames.Take(3).Select(frame => frame.Header.BaseOffset.Value));
        Assert.Equal([2, 2, 2, null], frames.Select(frame => frame.Records));
        Assert.Equal([2L, 4, 6, null], frames.Select(frame => frame.NextOffset));
        Assert.All(frames, frame => Assert.True(frame.IsIntact));
        Assert.All(frames, frame => Assert.Equal(frame.Offset, frame.Position.Value));
        Assert.Equal(FirstFrame, frames[0].Offset);
    }

    [Fact]
    public async Task A_journal_in_use_can_be_verified()
    {
        await using FileJournal journal = Open();
        await AppendAsync(journal, 0, 3 * BatchesPerFile, recordsEach: 1);
        JournalVerification seen = JournalInspection.Verify(_directory.Path);
        Assert.True(seen.IsSound);
        Assert.Empty(seen.Findings);
        Assert.True(seen.Files.Count >= 3);
        Assert.Equal(3 * BatchesPerFile, seen.Files.Sum(file => file.Frames) - seen.Files.Count(file => file.Frames > 0) + 1);

        await journal.TrimAsync(journal.OldestFileEnd);
        seen = JournalInspection.Verify(Path.Combine(_directory.Path, "journal"));
        Assert.Empty(seen.Findings);
        Assert.Equal((32 * 1024, 2), (seen.Start.Value, seen.Files[0].Number));
    }

    [Fact]
    public async Task A_journal_is_sound_at_any_moment_while_it_is_written_and_trimmed()
    {
        await using FileJournal journal = Open();
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 40; i++)
            {
                await AppendAsync(journal, i * 50, 50, recordsEach: 1);
                if (journal.End - journal.Start > 4 * Options.FileBytes)
                {
                    await journal.TrimAsync(journal.OldestFileEnd);
                }
            }
        });
        while (!writing.IsCompleted)
        {
            Assert.DoesNotContain(JournalInspection.Verify(_directory.Path).Findings, finding => finding.Kind == JournalFindingKind.Damage);
        }

        await writing;
    }

    [Fact]
    public async Task Every_damaged_place_is_listed_not_only_the_first()
    {
        await using (FileJournal journal = Open())
        {
            await AppendAsync(journal, 0, 3 * BatchesPerFile, recordsEach: 1);
        }

        long[] places = [FirstFrame + 100, FirstFrame + 5000, FirstFrame + 5001, FirstFrame + 20_000];
        foreach (long at in places)
        {
            Change(1, at, bytes => bytes[0] ^= 1);
            Change(2, at, bytes => bytes[0] ^= 1);
        }

        JournalVerification seen = JournalInspection.Verify(_directory.Path);
        Assert.False(seen.IsSound);
        foreach (int number in (int[])[1, 2])
        {
            JournalFinding[] damaged = [.. seen.Findings.Where(finding => finding.File == PathOf(number) && finding.What.Contains("sound frame", StringComparison.Ordinal))];
            Assert.Equal(3, damaged.Length);
            Assert.All(damaged, finding => Assert.Contains(places, at => at - finding.Offset is >= 0 and < 600));
            Assert.All(damaged, finding => Assert.Equal(JournalFindingKind.Damage, finding.Kind));
        }

        List<JournalFrameInfo> frames = [];
        JournalInspection.Dump(PathOf(1), frames.Add);
        Assert.Contains(frames, frame => !frame.IsIntact);
        Assert.Contains(frames, frame => frame.Header.Kind == FrameKind.FileEnd);
    }

    [Fact]
    public async Task Missing_files_are_named_in_the_middle_and_at_the_front()
    {
        await using (FileJournal journal = Open())
        {
            await AppendAsync(journal, 0, 4 * BatchesPerFile, recordsEach: 1);
        }

        File.Move(PathOf(2), PathOf(2) + ".away");
        Assert.Contains(JournalInspection.Verify(_directory.Path).Findings, finding => finding.File == PathOf(2) && finding.What.Contains("missing", StringComparison.Ordinal));
        File.Move(PathOf(2) + ".away", PathOf(2));
        File.Delete(PathOf(1));
        JournalFinding front = Assert.Single(JournalInspection.Verify(_directory.Path).Findings);
        Assert.Equal((JournalFindingKind.Damage, PathOf(1)), (front.Kind, front.File));
    }

    [Fact]
    public async Task Offsets_that_do_not_follow_each_other_are_found()
    {
        await using (FileJournal journal = Open())
        {
            await AppendAsync(journal, 0, 2, recordsEach: 1);
            await AppendAsync(journal, 3, 1, recordsEach: 1);
        }

        JournalFinding finding = Assert.Single(JournalInspection.Verify(_directory.Path).Findings);
        Assert.Contains("offset 3 where offset 2 comes next", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unfinished_write_is_told_from_damage()
    {
        long end;
        await using (FileJournal journal = Open())
        {
            await AppendAsync(journal, 0, 3, recordsEach: 1);
            end = journal.End.Value;
        }

        // As after a kill: no frame says that it stopped, and half of the next is there.
        Change(1, end, bytes => bytes.AsSpan(0, 64).Clear());
        Change(1, end + 16, bytes => bytes[0] = 7);
        JournalVerification seen = JournalInspection.Verify(_directory.Path);
        Assert.True(seen.IsSound);
        Assert.Equal((JournalFindingKind.Unfinished, end), (Assert.Single(seen.Findings).Kind, seen.Findings[0].Offset));
    }

    [Fact]
    public async Task Any_bit_turned_over_is_found_with_its_file()
    {
        await using (FileJournal journal = Open())
        {
            await AppendAsync(journal, 0, 3 * BatchesPerFile, recordsEach: 1);
        }

        var random = new Random(Seed);
        string[] files = Directory.GetFiles(Path.Combine(_directory.Path, "journal"));
        var counts = new SortedDictionary<JournalFindingKind, int>();
        for (int i = 0; i < 700; i++)
        {
            int number = random.Next(files.Length) + 1;
            int at = random.Next(3) == 0 ? random.Next(FirstFrame) : random.Next(32 * 1024);
            byte bit = (byte)(1 << random.Next(8));
            Change(number, at, bytes => bytes[0] ^= bit);
            IReadOnlyList<JournalFinding> findings = JournalInspection.Verify(_directory.Path).Findings;
            Change(number, at, bytes => bytes[0] ^= bit);
            Assert.True(findings.Count > 0, $"seed {Seed}: bit {bit} of byte {at} of file {number} was not noticed");
            Assert.Contains(findings, finding => finding.Offset <= at && finding.File.StartsWith(_directory.Path, StringComparison.Ordinal));
            counts[findings[0].Kind] = counts.GetValueOrDefault(findings[0].Kind) + 1;
        }

        output.WriteLine($"seed {Seed}: {string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))}");
        Assert.Empty(JournalInspection.Verify(_directory.Path).Findings);
    }

    private FileJournal Open() => FileJournal.Open(Options, new RecordingReplay(), TimeProvider.System, NullLogger.Instance);

    private string PathOf(long number) =>
        Path.Combine(_directory.Path, "journal", string.Create(CultureInfo.InvariantCulture, $"{number:D20}.journal"));

    private void Change(long number, long at, Action<byte[]> change)
    {
        using FileStream file = new(PathOf(number), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] bytes = new byte[64];
        file.Position = at;
        int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        change(bytes);
        file.Position = at;
        file.Write(bytes, 0, count);
    }

    private static async Task AppendAsync(FileJournal journal, long firstOffset, int batches, int recordsEach)
    {
        var appender = new RecordingAppender();
        for (int i = 0; i < batches; i++)
        {
            long offset = firstOffset + ((long)i * recordsEach);
            byte[] batch = Batch(offset, recordsEach);
            var append = new JournalAppend
            {
                Kind = FrameKind.Batch,
                Partition = Frames.Partition(1),
                Epoch = new LeaderEpoch(0),
                BaseOffset = new Offset(offset),
                End = new Offset(offset + recordsEach),
                Head = batch,
                PayloadCrc = Crc32C.Compute(batch),
            };
            Assert.Equal(JournalAppendStatus.Appended, journal.Append(append, appender, out _));
            await appender.WhenSynced(offset + recordsEach);
        }
    }

    private static byte[] Batch(long offset, int records)
    {
        using var builder = new RecordBatchBuilder();
        for (int i = 0; i < records; i++)
        {
            builder.Append(1_000 + i, default, new byte[200]);
        }

        byte[] batch = builder.Build().ToArray();
        Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
        (header with { BaseOffset = offset }).Write(batch);
        return batch;
    }
}
