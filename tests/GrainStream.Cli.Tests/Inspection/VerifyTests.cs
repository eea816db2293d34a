using System.Globalization;
using System.Text.Json;
using GrainStream.Runtime;
using GrainStream.Storage.FileSystem.Inspection;
using GrainStream.TestKit;
using Xunit.Abstractions;

namespace GrainStream.Cli.Tests.Inspection;

/// <summary><c>log verify</c> on what a real broker has written, as it is and with something wrong in it.</summary>
public sealed class VerifyTests(StoredDirectory stored, ITestOutputHelper output) : IClassFixture<StoredDirectory>
{
    private const int Flips = 128;

    // A checksum that does not match is told at the first byte that it covers, which may lie a little behind the flipped one.
    private const int CoverageStart = 16;

    [Fact]
    public async Task A_directory_that_a_broker_left_is_sound()
    {
        LogRun run = await LogRun.Async("verify", "--data-directory=" + stored.Data);
        Assert.Equal("", run.Errors);
        Assert.Equal(ExitCode.Done, run.Code);
        string summary = Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("sound: 0 damaged, 0 not known, 0 notes; ", summary);
        int segments = stored.Segments.Count;
        int records = (StoredDirectory.LongBatches + StoredDirectory.Codecs.Length) * StoredDirectory.RecordsOfBatch;
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{segments} segments"), summary);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"and {records} records"), summary);
    }

    [Fact]
    public async Task Any_flipped_byte_is_found_with_file_and_offset_and_the_damage_code()
    {
        Random random = Seeds.NewRandom(output.WriteLine);
        Func<Flip>[] kinds =
        [
            () => InJournal(random),
            () => InFile(random, stored.Segments),
            () => InFile(random, stored.Pages),
            () => InFile(random, stored.Manifests),
        ];
        for (int i = 0; i < Flips; i++)
        {
            Flip flip = kinds[i % kinds.Length]();
            byte mask = (byte)random.Next(1, 256);
            byte[] original = await File.ReadAllBytesAsync(flip.File);
            byte[] damaged = [.. original];
            damaged[flip.Position] ^= mask;
            await File.WriteAllBytesAsync(flip.File, damaged);
            LogRun run = await LogRun.VerifyAsync(stored.Data);
            await File.WriteAllBytesAsync(flip.File, original);

            string what = $"{flip.File}, byte {flip.Position} xor {mask}: {run.Output}{run.Errors}";
            Assert.True(run.Code == ExitCode.Damaged, what);
            Assert.True(run.Findings("damage").Any(finding => Names(finding, flip)), what);
        }

        Assert.Equal(ExitCode.Done, (await LogRun.VerifyAsync(stored.Data)).Code);
    }

    [Fact]
    public async Task A_missing_segment_or_page_is_damage_and_its_place_is_named()
    {
        foreach (string path in (string[])[stored.LongSegments[7], stored.Pages[0], stored.Manifests[0]])
        {
            string aside = stored.Data + "-aside";
            File.Move(path, aside);
            LogRun run = await LogRun.VerifyAsync(stored.Data);
            File.Move(aside, path);
            Assert.Equal(ExitCode.Damaged, run.Code);
            Assert.Contains(run.Findings("damage"), finding => finding.GetProperty("place").GetString() == path);
        }
    }

    [Fact]
    public async Task A_missing_journal_file_is_damage()
    {
        string aside = stored.Data + "-aside";
        string path = stored.JournalFiles[1];
        File.Move(path, aside);
        LogRun run = await LogRun.VerifyAsync(stored.Data);
        File.Move(aside, path);
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.Contains(run.Findings("damage"), finding => finding.GetProperty("place").GetString() == path);
    }

    [Fact]
    public async Task A_directory_without_its_journal_is_damage()
    {
        string aside = stored.Data + "-aside";
        string path = Path.Combine(stored.Data, "journal");
        Directory.Move(path, aside);
        LogRun run = await LogRun.VerifyAsync(stored.Data);
        Directory.Move(aside, path);
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.Equal(path, Assert.Single(run.Findings("damage")).GetProperty("place").GetString());
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_is_not_known_to_be_sound()
    {
        string aside = stored.Data + "-aside";
        string path = stored.LongSegments[0];
        File.Move(path, aside);

        // Its first bytes cannot be read, by nobody.
        File.CreateSymbolicLink(path, "/proc/self/mem");
        LogRun run = await LogRun.VerifyAsync(stored.Data);
        File.Delete(path);
        File.Move(aside, path);
        Assert.True(run.Code == ExitCode.Unreadable, run.Output);
        Assert.Single(run.Findings("unknown"));
        Assert.Empty(run.Findings("damage"));
    }

    [Fact]
    public async Task Objects_that_nothing_names_are_listed_and_are_no_damage()
    {
        string folder = Path.GetDirectoryName(stored.LongSegments[0])!;
        string orphan = Path.Combine(folder, "00000000000000009999-0-0123456789abcdef.segment");
        string foreign = Path.Combine(stored.Objects, "readme.txt");
        await File.WriteAllTextAsync(orphan, "left by a crash");
        await File.WriteAllTextAsync(foreign, "put here by somebody");
        LogRun run = await LogRun.VerifyAsync(stored.Data);
        File.Delete(orphan);
        File.Delete(foreign);
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Equal([orphan, foreign], run.Findings("note").Select(finding => finding.GetProperty("place").GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_journal_that_is_older_than_the_object_store_is_found()
    {
        using TemporaryDirectory directory = new();
        string data = directory.Combine("data");
        await using (Broker broker = StoredDirectory.Open(data))
        {
            await broker.StartTieringAsync(CancellationToken.None);
        }

        // A new journal under another one's objects.
        foreach (string path in Directory.GetFiles(stored.Objects, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(data, "objects", Path.GetRelativePath(stored.Objects, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy, overwrite: true);
        }

        LogRun run = await LogRun.VerifyAsync(data);
        Assert.Equal(ExitCode.Damaged, run.Code);
        string[] found = [.. run.Findings("damage").Select(finding => finding.GetProperty("what").GetString()!)];
        Assert.Equal(3, found.Length);
        Assert.Contains("belongs to the cluster", found[0]);
        Assert.All(found[1..], what => Assert.Contains("older than the object store", what));
    }

    [Fact]
    public async Task Objects_that_are_gone_from_a_store_are_missed_by_the_journal()
    {
        using TemporaryDirectory directory = new();
        string data = directory.Combine("data");
        IEnumerable<string> others = Directory.GetFiles(stored.Data, "*", SearchOption.AllDirectories)
            .Where(path => !path.StartsWith(stored.Objects, StringComparison.Ordinal));
        foreach (string path in others)
        {
            string copy = Path.Combine(data, Path.GetRelativePath(stored.Data, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        LogRun run = await LogRun.VerifyAsync(data);
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.Equal(2, run.Findings("damage").Count(finding => finding.GetProperty("what").GetString()!.Contains("no manifest", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Beside_a_running_server_the_object_store_is_checked_and_the_journal_left_out()
    {
        using TemporaryDirectory directory = new();
        await using ServerProcess server = await ServerProcess.StartAsync(nameof(VerifyTests), directory.Combine("data"));
        LogRun run = await LogRun.VerifyAsync(directory.Combine("data"));
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("A server runs", Assert.Single(run.Of("note")).GetProperty("text").GetString());
        Assert.Contains("journal skipped", Assert.Single(run.Of("summary")).GetProperty("seen").GetString());
    }

    [Fact]
    public async Task The_executable_ends_with_the_check_s_code()
    {
        ClientResult verify = await CliProcess.RunAsync("log", "verify", "--data-directory", stored.Data);
        Assert.Equal(0, verify.ExitCode);
        Assert.StartsWith("sound: ", verify.Text);
    }

    private static bool Names(JsonElement finding, Flip flip)
    {
        if (finding.GetProperty("place").GetString() != flip.File || finding.GetProperty("byte").ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        long at = finding.GetProperty("byte").GetInt64();
        return flip.Frame is { } frame ? at == frame : at <= flip.Position + CoverageStart;
    }

    private static Flip InFile(Random random, IReadOnlyList<string> files)
    {
        string file = files[random.Next(files.Count)];
        return new Flip(file, random.Next((int)new FileInfo(file).Length), null);
    }

    // In a frame that others prove to have been synced; now and then in a file's head. Of what lies behind a journal's last frames nothing is known.
    private Flip InJournal(Random random)
    {
        string file;
        List<JournalFrameInfo> frames = [];
        do
        {
            frames.Clear();
            file = stored.JournalFiles[random.Next(stored.JournalFiles.Count)];
            JournalInspection.Dump(file, frames.Add);
        }
        while (frames.Count < 2);

        if (random.Next(8) == 0)
        {
            return new Flip(file, random.Next(4096), 0);
        }

        JournalFrameInfo frame = frames[random.Next(frames.Count - 1)];
        return new Flip(file, (int)frame.Offset + random.Next(Runtime.Journal.FrameHeader.Size + frame.Header.PayloadLength), frame.Offset);
    }

    /// <summary>A byte to damage, and where a journal's check tells of it.</summary>
    private readonly record struct Flip(string File, int Position, long? Frame);
}
