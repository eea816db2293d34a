using System.Buffers;
using GrainStream.Protocol.Tests.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Wire;

public class KafkaWriterTests
{
    [Fact]
    public void Values_are_written_big_endian()
    {
        using var writer = new KafkaWriter();
        writer.WriteBoolean(true);
        writer.WriteInt8(-2);
        writer.WriteInt16(-2);
        writer.WriteUInt16(0xFFFE);
        writer.WriteInt32(int.MinValue);
        writer.WriteUInt32(0x80000000);
        writer.WriteInt64(long.MinValue + 1);
        writer.WriteFloat64(0.5);
        writer.WriteUuid(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        Assert.Equal(
            "01" + "FE" + "FFFE" + "FFFE" + "80000000" + "80000000" + "8000000000000001" + "3FE0000000000000"
            + "00112233445566778899AABBCCDDEEFF",
            Convert.ToHexString(writer.WrittenSpan));
    }

    [Theory]
    [InlineData(0u, "00")]
    [InlineData(127u, "7F")]
    [InlineData(128u, "8001")]
    [InlineData(16383u, "FF7F")]
    [InlineData(16384u, "808001")]
    [InlineData(uint.MaxValue, "FFFFFFFF0F")]
    public void Unsigned_variable_length_integers(uint value, string hex)
    {
        using var writer = new KafkaWriter();
        writer.WriteUnsignedVarInt(value);
        Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(-64, "7F")]
    [InlineData(64, "8001")]
    [InlineData(int.MinValue, "FFFFFFFF0F")]
    public void Zigzag_integers(int value, string hex)
    {
        using var writer = new KafkaWriter();
        writer.WriteVarInt(value);
        Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));
        writer.Reset();
        writer.WriteVarLong(value);
        Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));
    }

    [Fact]
    public void The_smallest_long_takes_ten_bytes()
    {
        using var writer = new KafkaWriter();
        writer.WriteVarLong(long.MinValue);
        Assert.Equal("FFFFFFFFFFFFFFFFFF01", Convert.ToHexString(writer.WrittenSpan));
    }

    [Fact]
    public void Strings_and_bytes_have_their_length_before_them()
    {
        using var writer = new KafkaWriter();
        writer.WriteString("é", compact: false);
        writer.WriteString("é", compact: true);
        writer.WriteNullableString(null, compact: false);
        writer.WriteNullableString(null, compact: true);
        writer.WriteBytes([7], compact: false);
        writer.WriteBytes(new ReadOnlySequence<byte>([8]), compact: true);
        writer.WriteNullableBytes((byte[]?)null, compact: false);
        writer.WriteNullableBytes((ReadOnlySequence<byte>?)null, compact: true);
        Assert.Equal(
            "0002C3A9" + "03C3A9" + "FFFF" + "00" + "0000000107" + "0208" + "FFFFFFFF" + "00", Convert.ToHexString(writer.WrittenSpan));
    }

    [Fact]
    public void A_string_too_long_for_its_length_is_refused()
    {
        using var writer = new KafkaWriter();
        string text = new('x', short.MaxValue + 1);
        Assert.Throws<InvalidOperationException>(() => writer.WriteString(text, compact: false));
        writer.WriteString(text, compact: true);
        Assert.Equal(3 + text.Length, writer.TotalLength);
    }

    [Fact]
    public void Payloads_are_spliced_in_where_they_belong()
    {
        using var writer = new KafkaWriter();
        int length = writer.ReserveInt32();
        writer.WriteRecords(new BytesPayload([1, 2, 3]), compact: true);
        writer.WriteRecords(new BytesPayload([]), compact: false);
        writer.WriteInt8(9);
        writer.WriteRecords((IRecordPayload?)null, compact: false);
        writer.WriteRecords(new BytesPayload([4]), compact: false);
        writer.PatchInt32(length, writer.TotalLength - 4);

        Assert.Equal(
            "00000012" + "04010203" + "00000000" + "09" + "FFFFFFFF" + "0000000104", Convert.ToHexString(WriterOutput.ToArray(writer)));
        Assert.Equal([5, 9, 18], writer.Splices.ToArray().Select(splice => splice.Position));
        Assert.Equal(22, writer.TotalLength);
        Assert.Equal(18, writer.WrittenSpan.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16383)]
    [InlineData(16384)]
    [InlineData(3_000_000)]
    public void A_tagged_field_of_any_size_can_be_read_back(int size)
    {
        using var writer = new KafkaWriter();
        writer.WriteRecords(new BytesPayload([1, 2]), compact: true);
        int begin = writer.BeginTag(300);
        byte[] value = new byte[size];
        value.AsSpan().Fill(0xAB);
        writer.WriteRaw(value);
        writer.EndTag(begin);
        writer.WriteInt8(5);

        var reader = new KafkaReader(WriterOutput.ToArray(writer));
        Assert.Equal(2, reader.ReadRecords(compact: true).Length);
        Assert.Equal(300u, reader.ReadTag(out long end));
        Assert.Equal(size, end - reader.Position);
        reader.SkipTo(end);
        Assert.Equal(5, reader.ReadInt8());
        reader.RequireEnd();
    }

    [Fact]
    public void Payloads_within_tagged_fields_count_and_move_with_them()
    {
        using var writer = new KafkaWriter();
        writer.WriteRecords(new BytesPayload([1]), compact: true);
        int outer = writer.BeginTag(0);
        int inner = writer.BeginTag(1);
        writer.WriteRecords(new BytesPayload(new byte[200]), compact: true);
        writer.EndTag(inner);
        writer.WriteRecords(new BytesPayload([2]), compact: true);
        writer.EndTag(outer);

        var reader = new KafkaReader(WriterOutput.ToArray(writer));
        Assert.Equal(1, reader.ReadRecords(compact: true).Length);
        Assert.Equal(0u, reader.ReadTag(out long outerEnd));
        Assert.Equal(1u, reader.ReadTag(out long innerEnd));
        Assert.Equal(200, reader.ReadRecords(compact: true).Length);
        reader.EndTag(1, innerEnd);
        Assert.Equal([2], reader.ReadRecords(compact: true).Bytes.ToArray());
        reader.EndTag(0, outerEnd);
        reader.RequireEnd();
    }

    [Fact]
    public void Reset_forgets_everything()
    {
        using var writer = new KafkaWriter();
        writer.WriteRaw(new byte[1_000_000]);
        writer.WriteRecords(new BytesPayload([1]), compact: true);
        writer.Reset();
        Assert.Equal(0, writer.TotalLength);
        Assert.True(writer.WrittenSpan.IsEmpty);
        Assert.True(writer.Splices.IsEmpty);
        writer.WriteInt8(1);
        Assert.Equal("01", Convert.ToHexString(writer.WrittenSpan));
    }

    [Fact]
    public void What_was_written_survives_growth()
    {
        using var writer = new KafkaWriter();
        for (int i = 0; i < 100_000; i++)
        {
            writer.WriteInt32(i);
        }

        var reader = new KafkaReader(writer.WrittenMemory);
        for (int i = 0; i < 100_000; i++)
        {
            Assert.Equal(i, reader.ReadInt32());
        }
    }

    [Fact]
    public void A_frame_longer_than_a_length_can_say_is_refused()
    {
        using var writer = new KafkaWriter();
        writer.WriteRecords(new PretendedPayload(int.MaxValue - 10), compact: false);
        Assert.Throws<InvalidOperationException>(() => writer.WriteRecords(new PretendedPayload(100), compact: false));
    }

    [Fact]
    public void Only_written_bytes_can_be_patched()
    {
        using var writer = new KafkaWriter();
        writer.WriteInt16(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.PatchInt32(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.PatchInt32(-1, 1));
    }

    [Fact]
    public void A_disposed_writer_refuses_to_write()
    {
        var writer = new KafkaWriter();
        writer.Dispose();
        writer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => writer.WriteInt32(1));
    }

    private sealed class PretendedPayload(int length) : IRecordPayload
    {
        public int Length => length;
    }
}
