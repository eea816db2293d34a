using GrainStream.Protocol.Records;
using Xunit.Abstractions;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RecordVarintTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(63, "7e")]
    [InlineData(-64, "7f")]
    [InlineData(64, "8001")]
    [InlineData(-65, "8101")]
    [InlineData(8191, "fe7f")]
    [InlineData(8192, "808001")]
    [InlineData(int.MaxValue, "feffffff0f")]
    [InlineData(int.MinValue, "ffffffff0f")]
    public void Integers_have_the_bytes_of_protocol_buffers(int value, string hex)
    {
        byte[] expected = Convert.FromHexString(hex);
        Span<byte> written = stackalloc byte[RecordVarint.MaxSize];
        Assert.Equal(expected.Length, RecordVarint.SizeOf(value));
        Assert.Equal(expected.Length, RecordVarint.Write(written, value));
        Assert.Equal(expected, written[..expected.Length].ToArray());

        int position = 0;
        Assert.True(RecordVarint.TryRead(expected, ref position, out int read));
        Assert.Equal(value, read);
        Assert.Equal(expected.Length, position);

        position = 0;
        Assert.True(RecordVarint.TryReadLong(expected, ref position, out long readLong));
        Assert.Equal(value, readLong);
    }

    [Theory]
    [InlineData(long.MaxValue, "feffffffffffffffff01")]
    [InlineData(long.MinValue, "ffffffffffffffffff01")]
    public void Long_integers_have_ten_bytes_at_most(long value, string hex)
    {
        byte[] expected = Convert.FromHexString(hex);
        Span<byte> written = stackalloc byte[RecordVarint.MaxLongSize];
        Assert.Equal(RecordVarint.MaxLongSize, RecordVarint.Write(written, value));
        Assert.Equal(expected, written.ToArray());
        int position = 0;
        Assert.True(RecordVarint.TryReadLong(expected, ref position, out long read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("ffffffff")]
    [InlineData("ffffffff1f")]
    [InlineData("ffffffffff00")]
    public void An_integer_that_ends_early_or_has_too_many_bits_does_not_read(string hex)
    {
        int position = 0;
        Assert.False(RecordVarint.TryRead(Convert.FromHexString(hex), ref position, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ffffffffffffffffff")]
    [InlineData("ffffffffffffffffff02")]
    [InlineData("ffffffffffffffffffff00")]
    public void A_long_integer_that_ends_early_or_has_too_many_bits_does_not_read(string hex)
    {
        int position = 0;
        Assert.False(RecordVarint.TryReadLong(Convert.FromHexString(hex), ref position, out _));
    }

    [Fact]
    public void What_was_written_reads_back()
    {
        Random random = Seeds.NewRandom(output);
        byte[] bytes = new byte[RecordVarint.MaxLongSize];
        for (int round = 0; round < 10_000; round++)
        {
            long value = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            int size = RecordVarint.Write(bytes, value);
            Assert.Equal(RecordVarint.SizeOf(value), size);
            int position = 0;
            Assert.True(RecordVarint.TryReadLong(bytes.AsSpan(0, size), ref position, out long read));
            Assert.Equal(value, read);
            Assert.Equal(size, position);
        }
    }
}
