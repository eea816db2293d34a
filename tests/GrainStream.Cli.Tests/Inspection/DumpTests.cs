using System.Globalization;
using GrainStream.Protocol.Records;
using GrainStream.TestKit;

namespace GrainStream.Cli.Tests.Inspection;

/// <summary><c>log dump</c> and <c>log export</c> of what a real broker has written.</summary>
public sealed class DumpTests(StoredDirectory stored) : IClassFixture<StoredDirectory>
{
    private string CodedSegment(int codec) => stored.Segments.Except(stored.LongSegments).Order(StringComparer.Ordinal).ElementAt(codec);

    [Fact]
    public async Task A_journal_file_shows_its_frames()
    {
        LogRun run = await LogRun.Async("dump", stored.JournalFiles[0], "--json");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains(
            run.Of("frame"),
            frame => frame.GetProperty("kind").GetString() == "Batch" && frame.GetProperty("records").GetInt32() == StoredDirectory.RecordsOfBatch);
        Assert.All(run.Of("frame"), frame => Assert.True(frame.GetProperty("sound").GetBoolean()));
        Assert.Equal(run.Of("frame").Count, Assert.Single(run.Of("journal file")).GetProperty("frames").GetInt32());
    }

    [Fact]
    public async Task A_journal_file_is_a_readable_table()
    {
        LogRun run = await LogRun.Async("dump", stored.JournalFiles[0], "--limit", "3");
        Assert.Equal(ExitCode.Done, run.Code);
        string[] lines = run.Output.Split('\n');
        Assert.Matches(@"^\s+BYTE\s+POSITION\s+KIND\s+PARTITION\s+EPOCH\s+BASE OFFSET", lines[0]);
        Assert.Matches(@"^\s+4096\s+\d+\s+[A-Z]\w+\s+[0-9a-f-]{36}-0\s+0\s+\d+", lines[1]);
        Assert.Equal("", lines[4]);
        Assert.Equal("Journal file", lines[5]);
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(1, "gzip")]
    [InlineData(2, "snappy")]
    [InlineData(3, "lz4")]
    [InlineData(4, "zstd")]
    public async Task A_segment_shows_batches_footer_and_records_of_every_codec(int codec, string name)
    {
        LogRun run = await LogRun.Async("dump", CodedSegment(codec), "--records", "--json");
        Assert.Equal(ExitCode.Done, run.Code);
        int first = codec * StoredDirectory.RecordsOfBatch;
        Assert.Equal(name, Assert.Single(run.Of("batch")).GetProperty("kind").GetString());
        Assert.Equal(first, Assert.Single(run.Of("segment")).GetProperty("baseOffset").GetInt64());
        Assert.Equal(0, Assert.Single(run.Of("chunk")).GetProperty("byte").GetInt64());
        Assert.Equal(
            Enumerable.Range(first, StoredDirectory.RecordsOfBatch).Select(offset => string.Create(CultureInfo.InvariantCulture, $@"{offset}: key\n{offset}")),
            run.Of("record").Select(record => $"{record.GetProperty("offset").GetInt64()}: {record.GetProperty("key").GetString()}"));
        Assert.All(run.Of("record"), record => Assert.EndsWith(" bytes)", record.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task Offset_and_limit_choose_what_is_shown()
    {
        LogRun manifest = await LogRun.Async("dump", LongManifest, "--json", "--offset", "1100", "--limit=2");
        Assert.Equal([1100L, 1104L], manifest.Of("entry").Select(entry => entry.GetProperty("baseOffset").GetInt64()));
        LogRun page = await LogRun.Async("dump", stored.Pages[0], "--json", "--offset=13", "--limit", "1");
        Assert.Equal(12L, Assert.Single(page.Of("entry")).GetProperty("baseOffset").GetInt64());
        LogRun records = await LogRun.Async("dump", CodedSegment(4), "--json", "--records", "--offset", "18");
        Assert.Equal([18L, 19L], records.Of("record").Select(record => record.GetProperty("offset").GetInt64()));
    }

    [Fact]
    public async Task A_manifest_shows_its_state_pages_and_recent_segments()
    {
        LogRun run = await LogRun.Async("dump", LongManifest, "--json");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Equal(StoredDirectory.LongBatches * StoredDirectory.RecordsOfBatch, Assert.Single(run.Of("manifest")).GetProperty("end").GetInt64());
        Assert.Equal(
            StoredDirectory.LongBatches, run.Of("page").Sum(page => page.GetProperty("entries").GetInt32()) + run.Of("entry").Count);
        Assert.All(run.Of("entry"), entry => Assert.True(File.Exists(Path.Combine(stored.Objects, entry.GetProperty("object").GetString()!))));
    }

    [Fact]
    public async Task What_a_file_is_does_not_depend_on_its_name()
    {
        using TemporaryDirectory directory = new();
        string copy = directory.Combine("00000000000000000001.journal");
        File.Copy(stored.Pages[0], copy);
        Assert.Single((await LogRun.Async("dump", copy, "--json")).Of("page"));
    }

    [Fact]
    public async Task A_damaged_batch_is_shown_as_such()
    {
        using TemporaryDirectory directory = new();
        string copy = directory.Combine("segment");
        byte[] bytes = await File.ReadAllBytesAsync(CodedSegment(0));
        bytes[RecordBatchHeader.Size + 30] ^= 4;
        await File.WriteAllBytesAsync(copy, bytes);
        LogRun run = await LogRun.Async("dump", copy, "--json", "--records");
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.False(Assert.Single(run.Of("batch")).GetProperty("sound").GetBoolean());
        Assert.Contains("checksum", Assert.Single(run.Of("unreadable")).GetProperty("why").GetString());
        Assert.NotEmpty(run.Findings("damage"));
        Assert.All(run.Findings("damage"), finding => Assert.Equal(copy, finding.GetProperty("place").GetString()));
    }

    [Fact]
    public async Task An_exported_segment_is_its_batches_under_the_name_that_Kafka_wants()
    {
        using TemporaryDirectory directory = new();
        LogRun run = await LogRun.Async("export", CodedSegment(1), directory.Path);
        Assert.Equal(ExitCode.Done, run.Code);
        byte[] log = await File.ReadAllBytesAsync(directory.Combine("00000000000000000004.log"));
        Assert.True(RecordBatchHeader.TryRead(log, out RecordBatchHeader batch));
        Assert.Equal(batch.TotalSize, log.Length);
        Assert.Equal(4, batch.BaseOffset);
        Assert.Equal(Crc32C.Compute(log.AsSpan(RecordBatchHeader.CrcCoverageStart)), batch.Crc);

        LogRun again = await LogRun.Async("export", CodedSegment(1), directory.Path);
        Assert.Equal(ExitCode.Failed, again.Code);
        Assert.Contains("there already", again.Errors);
    }

    [Fact]
    public async Task A_damaged_segment_is_not_exported()
    {
        using TemporaryDirectory directory = new();
        string copy = directory.Combine("segment");
        byte[] bytes = await File.ReadAllBytesAsync(CodedSegment(0));
        bytes[3] ^= 1;
        await File.WriteAllBytesAsync(copy, bytes);
        LogRun run = await LogRun.Async("export", copy, directory.Combine("00000000000000000000.log"));
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.False(File.Exists(directory.Combine("00000000000000000000.log")));
    }

    private string LongManifest => Path.Combine(Path.GetDirectoryName(stored.Pages[0])!, "manifest");
}
