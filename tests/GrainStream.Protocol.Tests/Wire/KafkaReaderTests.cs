using System.Buffers;
using System.Text;
using GrainStream.Protocol.Tests.Records;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Wire;

public class KafkaReaderTests
{
    private delegate void Reading(ref KafkaReader reader);

    private static readonly byte[] Everything = Convert.FromHexString(
        "01" + "FE" + "FFFE" + "FFFE" + "80000000" + "80000000" + "8000000000000001" + "3FE0000000000000"
        + "00112233445566778899AABBCCDDEEFF" + "FFFFFFFF0F" + "01" + "FFFFFFFFFFFFFFFFFF01"
        + "0005" + "6C696E6573" + "06" + "6C696E6573" + "FFFF" + "00" + "00000002" + "0102" + "01" + "03" + "0A0B" + "FFFFFFFF");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Values_are_the_same_however_the_input_is_cut(int segmentBytes)
    {
        var reader = new KafkaReader(Sequences.CutEvery(Everything, segmentBytes));

        Assert.True(reader.ReadBoolean());
        Assert.Equal(-2, reader.ReadInt8());
        Assert.Equal(-2, reader.ReadInt16());
        Assert.Equal(0xFFFE, reader.ReadUInt16());
        Assert.Equal(int.MinValue, reader.ReadInt32());
        Assert.Equal(0x80000000u, reader.ReadUInt32());
        Assert.Equal(long.MinValue + 1, reader.ReadInt64());
        Assert.Equal(0.5, reader.ReadFloat64());
        Assert.Equal("00112233-4455-6677-8899-aabbccddeeff", reader.ReadUuid().ToString());
        Assert.Equal(uint.MaxValue, reader.ReadUnsignedVarInt());
        Assert.Equal(-1, reader.ReadVarInt());
        Assert.Equal(long.MinValue, reader.ReadVarLong());
        Assert.Equal("lines", reader.ReadString(compact: false));
        Assert.Equal("lines", reader.ReadString(compact: true));
        Assert.Null(reader.ReadNullableString(compact: false));
        Assert.Null(reader.ReadNullableString(compact: true));
        Assert.Equal([1, 2], reader.ReadBytes(compact: false));
        Assert.Equal([], reader.ReadBytes(compact: true));
        Assert.Equal([10, 11], reader.ReadRecords(compact: true).Bytes.ToArray());
        Assert.True(reader.ReadNullableRecords(compact: false).IsNull);
        Assert.Equal(Everything.Length, reader.Position);
        reader.RequireEnd();
    }

    [Fact]
    public void Empty_segments_are_passed_over()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("0123456789");
        for (int seed = 0; seed < 50; seed++)
        {
            var reader = new KafkaReader(Sequences.CutAtRandom(bytes, new Random(seed), 2));
            Assert.Equal(0x30313233, reader.ReadInt32());
            reader.SkipTo(8);
            Assert.Equal(0x3839, reader.ReadInt16());
            reader.RequireEnd();
        }
    }

    [Fact]
    public void Strings_longer_than_the_pool_takes_are_read_across_segments()
    {
        string text = string.Concat(Enumerable.Repeat("äöü🙂", 100));
        using var writer = new KafkaWriter();
        writer.WriteString(text, compact: true);
        var reader = new KafkaReader(Sequences.CutEvery(writer.WrittenMemory, 5));
        Assert.Equal(text, reader.ReadString(compact: true));
        reader.RequireEnd();
    }

    [Fact]
    public void Bytes_that_are_not_utf8_become_replacement_characters()
    {
        var reader = new KafkaReader(new byte[] { 0, 3, 0x61, 0xFF, 0x62 });
        Assert.Equal("a\uFFFDb", reader.ReadString(compact: false));
    }

    [Fact]
    public void Borrowed_bytes_are_slices_of_the_input()
    {
        byte[] input = [0, 0, 0, 2, 7, 8];
        var reader = new KafkaReader(input);
        ReadOnlySequence<byte> borrowed = reader.ReadBorrowedBytes(compact: false);
        input[4] = 9;
        Assert.Equal([9, 8], borrowed.ToArray());
    }

    [Theory]
    [InlineData("7FFFFFFF")]
    [InlineData("00000002")]
    [InlineData("FFFFFFFE")]
    [InlineData("80000000")]
    public void A_32_bit_length_beyond_the_input_is_refused(string hex)
    {
        Refuses(hex + "00", (ref KafkaReader reader) => reader.ReadNullableBytes(compact: false));
        Refuses(hex + "00", (ref KafkaReader reader) => reader.ReadNullableBorrowedBytes(compact: false));
        Refuses(hex + "00", (ref KafkaReader reader) => reader.ReadNullableArrayLength(compact: false, elementSize: 1));
    }

    [Theory]
    [InlineData("FFFFFFFF0F")]
    [InlineData("8080808008")]
    [InlineData("03")]
    public void A_compact_length_beyond_the_input_is_refused(string hex)
    {
        Refuses(hex + "00", (ref KafkaReader reader) => reader.ReadNullableString(compact: true));
        Refuses(hex + "00", (ref KafkaReader reader) => reader.ReadNullableBytes(compact: true));
        Refuses(hex + "00", (ref KafkaReader reader) => reader.ReadNullableRecords(compact: true));
        Refuses(hex + "00", (ref KafkaReader reader) => reader.ReadNullableArrayLength(compact: true, elementSize: 1));
    }

    [Theory]
    [InlineData("7FFF")]
    [InlineData("FFFE")]
    [InlineData("8000")]
    public void A_16_bit_length_beyond_the_input_is_refused(string hex) =>
        Refuses(hex + "00", (ref KafkaReader reader) => reader.ReadNullableString(compact: false));

    [Fact]
    public void An_array_is_refused_if_its_elements_cannot_fit()
    {
        byte[] input = [0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8];
        var fits = new KafkaReader(input);
        Assert.Equal(3, fits.ReadArrayLength(compact: false, elementSize: 2));
        Refuses(Convert.ToHexString(input), (ref KafkaReader reader) => reader.ReadArrayLength(compact: false, elementSize: 3));
    }

    [Fact]
    public void Null_is_refused_where_a_value_is_required()
    {
        Refuses("FFFF", (ref KafkaReader reader) => reader.ReadString(compact: false));
        Refuses("00", (ref KafkaReader reader) => reader.ReadString(compact: true));
        Refuses("FFFFFFFF", (ref KafkaReader reader) => reader.ReadBytes(compact: false));
        Refuses("00", (ref KafkaReader reader) => reader.ReadBorrowedBytes(compact: true));
        Refuses("00", (ref KafkaReader reader) => reader.ReadRecords(compact: true));
        Refuses("FFFFFFFF", (ref KafkaReader reader) => reader.ReadArrayLength(compact: false, elementSize: 1));
    }

    [Fact]
    public void Variable_length_integers_end_in_time()
    {
        Refuses("FFFFFFFF1F", (ref KafkaReader reader) => reader.ReadUnsignedVarInt());
        Refuses("808080808000", (ref KafkaReader reader) => reader.ReadUnsignedVarInt());
        Refuses("8080808080808080808000", (ref KafkaReader reader) => reader.ReadVarLong());
        Refuses("FFFFFFFFFFFFFFFFFF02", (ref KafkaReader reader) => reader.ReadVarLong());
        Refuses("8080", (ref KafkaReader reader) => reader.ReadVarInt());
    }

    [Fact]
    public void A_tagged_field_must_take_the_bytes_it_claims()
    {
        Refuses("0504", (ref KafkaReader reader) => reader.ReadTag(out _));
        Refuses("0504000000010203", (ref KafkaReader reader) =>
        {
            uint tag = reader.ReadTag(out long end);
            reader.ReadInt16();
            reader.EndTag(tag, end);
        });
        Refuses("0501000000010203", (ref KafkaReader reader) =>
        {
            reader.ReadTag(out long end);
            reader.ReadInt16();
            reader.SkipTo(end);
        });
        Refuses("FFFFFFFF0F", (ref KafkaReader reader) => reader.ReadTagCount());
    }

    [Fact]
    public void The_exception_says_what_is_wrong_and_where()
    {
        MalformedMessageException refusal = Refuses("00000007", (ref KafkaReader reader) => reader.ReadBytes(compact: false));
        Assert.Equal("A value claims 7 bytes where 0 are left, at byte 4.", refusal.Message);
        Assert.Equal(4, refusal.Position);
    }

    [Fact]
    public void Bytes_after_the_message_are_refused() => Refuses("0000", (ref KafkaReader reader) =>
    {
        reader.ReadBoolean();
        reader.RequireEnd();
    });

    [Fact]
    public void Nothing_can_be_read_from_nothing()
    {
        Refuses("", (ref KafkaReader reader) => reader.ReadInt8());
        Refuses("", (ref KafkaReader reader) => reader.ReadInt64());
        Refuses("", (ref KafkaReader reader) => reader.ReadUuid());
        Assert.Throws<MalformedMessageException>(() => new KafkaReader(ReadOnlySequence<byte>.Empty).ReadBoolean());
    }

    /// <summary>The bytes are refused in one segment and in many.</summary>
    private static MalformedMessageException Refuses(string hex, Reading read)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Throws<MalformedMessageException>(() =>
        {
            var reader = new KafkaReader(Sequences.CutEvery(bytes, 1));
            read(ref reader);
        });
        return Assert.Throws<MalformedMessageException>(() =>
        {
            var reader = new KafkaReader(bytes);
            read(ref reader);
        });
    }
}
