using GrainStream.Cli.Inspection;
using GrainStream.TestKit;

namespace GrainStream.Cli.Tests.Inspection;

/// <summary>What the <c>log</c> commands say to arguments that cannot be right.</summary>
public sealed class LogArgumentsTests
{
    [Theory]
    [InlineData("dmup", "dmup")]
    [InlineData("Required argument missing", "dump")]
    [InlineData("'b'", "dump", "a", "b")]
    [InlineData("--record", "dump", "a", "--record")]
    [InlineData("many", "dump", "a", "--limit", "many")]
    [InlineData("--offset", "dump", "a", "--offset")]
    [InlineData("--limit takes a number from 0 on", "dump", "a", "--limit", "-1")]
    [InlineData("'data'", "verify", "data")]
    [InlineData("Required argument missing", "export", "a")]
    [InlineData("name different stores", "verify", "--store-directory", "a", "--azure-connection-string", "b")]
    public async Task Wrong_arguments_are_refused(string says, params string[] arguments)
    {
        LogRun run = await LogRun.Async(arguments);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(says, run.Errors);
    }

    [Fact]
    public async Task A_file_that_is_not_there_cannot_be_dumped()
    {
        LogRun run = await LogRun.Async("dump", "no-such-file");
        Assert.Equal(ExitCode.NotFound, run.Code);
        Assert.Contains("is not there", run.Errors);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task A_directory_cannot_be_dumped()
    {
        using TemporaryDirectory directory = new();
        LogRun run = await LogRun.Async("dump", directory.Path);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("log verify", run.Errors);
    }

    [Fact]
    public async Task A_file_of_another_kind_is_none_of_ours()
    {
        using TemporaryDirectory directory = new();
        string file = directory.Combine("00000000000000000001.journal");
        await File.WriteAllTextAsync(file, "not a journal at all");
        LogRun run = await LogRun.Async("dump", file);
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.Contains("magic bytes", run.Errors);
    }

    [Fact]
    public async Task A_data_directory_that_is_not_there_cannot_be_checked()
    {
        using TemporaryDirectory directory = new();
        LogRun run = await LogRun.VerifyAsync(directory.Combine("nowhere"));
        Assert.Equal(ExitCode.NotFound, run.Code);
        Assert.False(Directory.Exists(directory.Combine("nowhere")));
    }

    [Theory]
    [InlineData("plain text, ümläut", "plain text, ümläut")]
    [InlineData("a\tb\nc\\d\0", @"a\tb\nc\\d\x00")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890", "012345678901234567890123456789012345678901234567...(61 bytes)")]
    public void Bytes_are_shown_as_text_where_they_are(string text, string shown) => Assert.Equal(shown, PrintableBytes.Of(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_that_are_no_text_are_escaped() => Assert.Equal(@"a\xff\xfeb", PrintableBytes.Of([(byte)'a', 0xff, 0xfe, (byte)'b']));
}
