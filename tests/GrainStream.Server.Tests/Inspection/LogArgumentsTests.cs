using GrainStream.Server.Inspection;
using GrainStream.TestKit;

namespace GrainStream.Server.Tests.Inspection;

/// <summary>What the <c>log</c> commands say to arguments that cannot be right.</summary>
public sealed class LogArgumentsTests
{
    [Theory]
    [InlineData("Which one?", "")]
    [InlineData("There is no \"log dmup\"", "dmup")]
    [InlineData("Write: log dump PATH", "dump")]
    [InlineData("One file at a time", "dump", "a", "b")]
    [InlineData("has no option --record", "dump", "a", "--record")]
    [InlineData("--limit takes a number", "dump", "a", "--limit", "many")]
    [InlineData("--offset takes a number", "dump", "a", "--offset")]
    [InlineData("--GrainStream:DataDirectory=data", "verify", "data")]
    [InlineData("has no option --records", "verify", "--records")]
    [InlineData("log export SEGMENT FILE", "export", "a")]
    [InlineData("is not there", "dump", "no-such-file")]
    [InlineData("Did you mean GrainStream:DataDirectory", "verify", "--GrainStream:DataDirectroy=x")]
    public async Task Wrong_arguments_are_refused_with_what_to_write_instead(string says, params string[] arguments)
    {
        LogRun run = await LogRun.Async(arguments is [""] ? [] : arguments);
        Assert.Equal(ExitCode.WrongSettings, run.Code);
        Assert.Contains(says, run.Errors);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task A_directory_cannot_be_dumped()
    {
        using TemporaryDirectory directory = new();
        LogRun run = await LogRun.Async("dump", directory.Path);
        Assert.Equal(ExitCode.WrongSettings, run.Code);
        Assert.Contains("log verify", run.Errors);
    }

    [Fact]
    public async Task A_file_of_another_kind_is_none_of_ours()
    {
        using TemporaryDirectory directory = new();
        string file = directory.Combine("00000000000000000001.journal");
        await File.WriteAllTextAsync(file, "not a journal at all");
        LogRun run = await LogRun.Async("dump", file);
        Assert.Equal(ExitCode.DataDamaged, run.Code);
        Assert.Contains("magic bytes", run.Errors);
    }

    [Fact]
    public async Task A_data_directory_that_is_not_there_cannot_be_checked()
    {
        using TemporaryDirectory directory = new();
        LogRun run = await LogRun.VerifyAsync(directory.Combine("nowhere"));
        Assert.Equal(ExitCode.DataDirectoryUnusable, run.Code);
        Assert.False(Directory.Exists(directory.Combine("nowhere")));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("dump", "--help")]
    public async Task Help_is_given(params string[] arguments)
    {
        LogRun run = await LogRun.Async(arguments);
        Assert.Equal(ExitCode.Stopped, run.Code);
        Assert.Equal(LogUsage.Text, run.Output);
    }

    [Theory]
    [InlineData("plain text, ümläut", "plain text, ümläut")]
    [InlineData("a\tb\nc\\d\0", @"a\tb\nc\\d\x00")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890", "012345678901234567890123456789012345678901234567...(61 bytes)")]
    public void Bytes_are_shown_as_text_where_they_are(string text, string shown) => Assert.Equal(shown, PrintableBytes.Of(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_that_are_no_text_are_escaped() => Assert.Equal(@"a\xff\xfeb", PrintableBytes.Of([(byte)'a', 0xff, 0xfe, (byte)'b']));
}
