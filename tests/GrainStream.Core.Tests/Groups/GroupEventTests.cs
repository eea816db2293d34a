using System.Buffers;
using GrainStream.Core.Groups.Events;

namespace GrainStream.Core.Tests.Groups;

public sealed class GroupEventTests
{
    public static TheoryData<string> Events => new()
    {
        // Bytes as written by version 0. They are on people's disks: a change here is a change of format.
        "0001 0000 00",
        "0002 0000 00000007 00",
        "0003 0000 00000007 0000018bcfe56800 09636f6e73756d6572 0672616e6765 04612d31 02 04612d31 00 0261 082f31302e302e31 0000afc8 000493e0 02 0672616e6765 0201 00 0202 00 00",
        "0003 0000 00000008 0000018bcfe56800 09636f6e73756d6572 00 00 01 00",
        "0004 0000 04612d31 04612d32 0261 022f 0000afc8 000493e0 02 0672616e6765 0201 00 00",
        "0005 0000 0000018bcfe56800 ffffffffffffffff 02 0102030405060708090a0b0c0d0e0f10 02 00000003 0000000000000005 00000001 0278 00 00 00",
        "0006 0000 02 0102030405060708090a0b0c0d0e0f10 03 00000000 00000003 00 00",
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void Stored_events_are_read_and_written_back_alike(string hex)
    {
        byte[] bytes = Bytes(hex);
        Assert.Equal(bytes, GroupHost.Encode(GroupHost.Decode(bytes)));
    }

    [Fact]
    public void There_are_stored_bytes_of_every_type()
    {
        IEnumerable<GroupEventType> told = Events.Cast<object[]>().Select(row => (GroupEventType)Bytes((string)row[0])[1]);
        Assert.Equal(Enum.GetValues<GroupEventType>().Where(type => (short)type < 20), told.Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void Damaged_events_are_refused_without_an_exception(string hex)
    {
        byte[] bytes = Bytes(hex);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(GroupEventCodec.TryDecode(new ReadOnlySequence<byte>(bytes, 0, length), out _, out string? error));
            Assert.NotEmpty(error);
        }

        Assert.False(GroupEventCodec.TryDecode(new ReadOnlySequence<byte>([.. bytes, 0]), out _, out _));

        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] mutated = [.. bytes];
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            bool isRead = GroupEventCodec.TryDecode(new ReadOnlySequence<byte>(mutated), out IGroupEvent? groupEvent, out string? error);
            Assert.Equal(isRead, groupEvent is not null);
            Assert.Equal(isRead, error is null);
        }
    }

    [Theory]
    [InlineData("0013 0000 00")]
    [InlineData("0000 0000 00")]
    [InlineData("0002 0001 00000007 00")]
    public void An_event_of_a_newer_server_is_an_error_and_says_so(string hex)
    {
        Assert.False(GroupEventCodec.TryDecode(new ReadOnlySequence<byte>(Bytes(hex)), out _, out string? error));
        Assert.Contains("newer GrainStream", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0002 0000 ffffffff 00")]
    [InlineData("0003 0000 00000008 0000018bcfe56800 09636f6e73756d6572 00 04612d31 01 00")]
    [InlineData("0003 0000 00000007 0000018bcfe56800 09636f6e73756d6572 0672616e6765 04612d39 02 04612d31 00 0261 022f 0000afc8 000493e0 02 0672616e6765 0201 00 0202 00 00")]
    [InlineData("0003 0000 00000007 0000018bcfe56800 09636f6e73756d6572 06737469636b 04612d31 02 04612d31 00 0261 022f 0000afc8 000493e0 02 0672616e6765 0201 00 0202 00 00")]
    [InlineData("0004 0000 04612d31 04612d32 0261 022f 0000afc8 000493e0 01 00")]
    [InlineData("0006 0000 02 0102030405060708090a0b0c0d0e0f10 02 ffffffff 00 00")]
    public void An_event_that_contradicts_itself_is_an_error(string hex)
    {
        Assert.False(GroupEventCodec.TryDecode(new ReadOnlySequence<byte>(Bytes(hex)), out _, out string? error));
        Assert.Contains("contradicts", error, StringComparison.Ordinal);
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
