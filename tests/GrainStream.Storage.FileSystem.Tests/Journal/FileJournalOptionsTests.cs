namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>Options that cannot work are refused by name, with what they may be.</summary>
public sealed class FileJournalOptionsTests
{
    private static readonly FileJournalOptions Good = new() { DataDirectory = "data" };

    [Fact]
    public void The_defaults_are_valid() => Good.Validate();

    [Theory]
    [InlineData(64L << 20, 16L << 20)]
    [InlineData(1L << 30, 64L << 20)]
    [InlineData((1L << 30) + 60_000, 64L << 20)]
    [InlineData(2L << 30, 128L << 20)]
    [InlineData(1L << 40, 256L << 20)]
    public void Files_are_a_sixteenth_of_the_whole_within_bounds(long maxBytes, long fileBytes)
    {
        FileJournalOptions options = Good with { MaxBytes = maxBytes };
        options.Validate();
        Assert.Equal(fileBytes, options.FileBytes);
        Assert.Equal(1 << 20, (options with { FileBytes = 1 << 20 }).FileBytes);
    }

    [Fact]
    public void Each_wrong_option_is_named()
    {
        Refused("GrainStream:DataDirectory", Good with { DataDirectory = " " });
        Refused("GrainStream:Journal:FileBytes", Good with { FileBytes = 4096 });
        Refused("GrainStream:Journal:FileBytes", Good with { FileBytes = (1 << 20) + 1 });
        Refused("GrainStream:Journal:MaxBytes", Good with { MaxBytes = (4 << 20) - 1, FileBytes = 1 << 20 });
        Refused("GrainStream:Journal:MaxBytes", Good with { MaxBytes = 63 << 20 });
        Refused("GrainStream:Journal:SlabBytes", Good with { SlabBytes = 5000 });
        Refused("GrainStream:Journal:SlabBytes", Good with { SlabBytes = 4096 });
        Refused("GrainStream:Journal:TailMemoryBytes", Good with { TailMemoryBytes = 3L * Good.SlabBytes });
        Refused("GrainStream:Journal:MaxPendingBytes", Good with { MaxPendingBytes = 0 });
        Refused("GrainStream:Journal:MaxGroupBytes", Good with { MaxGroupBytes = 0 });
    }

    private static void Refused(string option, FileJournalOptions options) =>
        Assert.Contains(option, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
}
