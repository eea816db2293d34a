using GrainStream.Protocol.Records;
using Record = GrainStream.Protocol.Records.Record;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RecordReaderTests
{
    private static readonly RecordBatchHeader OneRecord = new(
        BaseOffset: 100, BatchLength: 0, PartitionLeaderEpoch: 0, Magic: 2, Crc: 0, Attributes: 0, LastOffsetDelta: 0,
        BaseTimestamp: 1_000, MaxTimestamp: 1_000, ProducerId: -1, ProducerEpoch: -1, BaseSequence: -1, RecordCount: 1);

    [Fact]
    public void The_smallest_record_has_null_key_and_value_and_no_headers()
    {
        RecordReader reader = new(OneRecord, Convert.FromHexString("0c" + "00" + "00" + "00" + "01" + "01" + "00"));
        Assert.True(reader.TryRead(out Record record));
        Assert.Equal(100, record.Offset);
        Assert.Equal(1_000, record.TimestampMs);
        Assert.True(record.Key.IsNull);
        Assert.True(record.Value.IsNull);
        Assert.Equal(0, record.Headers.Count);
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("", "no bytes for a promised record")]
    [InlineData("0c", "a length and nothing else")]
    [InlineData("0c0000000101", "a record cut short")]
    [InlineData("00", "a record of no bytes")]
    [InlineData("01", "a record of negative length")]
    [InlineData("feffffff0f00000001010000", "a record of two gigabytes")]
    [InlineData("ffffffffff0f00", "a length that does not end")]
    [InlineData("0a0000000101", "no header count")]
    [InlineData("0e00000001010000", "a byte after the headers")]
    [InlineData("0c00000001010000", "a byte after the record")]
    [InlineData("0c000001010100", "a negative offset delta")]
    [InlineData("0c000002010100", "an offset delta beyond the batch's last")]
    [InlineData("0c000000030100", "a key length of -2")]
    [InlineData("0c000000080100", "a key longer than the record")]
    [InlineData("0c00000001feffffff0f00", "a value longer than the record")]
    [InlineData("0c000000010101", "a negative number of headers")]
    [InlineData("0c000000010102", "a header that is not there")]
    [InlineData("1400000001010201000000", "a header with a null name")]
    [InlineData("14000000010102026803", "a header value length of -2")]
    [InlineData("1400000001010202680a00", "a header value longer than the record")]
    [InlineData("140000000101feffffff0f", "two billion headers")]
    public void What_is_not_a_record_is_malformed(string hex, string reason)
    {
        RecordReader reader = new(OneRecord, Convert.FromHexString(hex));
        while (reader.TryRead(out _))
        {
        }

        Assert.True(reader.IsMalformed, reason);
        Assert.False(reader.TryRead(out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2)]
    public void Another_number_of_records_than_announced_is_malformed(int recordCount)
    {
        RecordReader reader = new(OneRecord with { RecordCount = recordCount }, Convert.FromHexString("0c000000010100"));
        while (reader.TryRead(out _))
        {
        }

        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Offsets_may_leave_gaps_but_not_repeat()
    {
        byte[] records = Convert.FromHexString("0c000000010100" + "0c000006010100");
        RecordReader withGap = new(OneRecord with { RecordCount = 2, LastOffsetDelta = 5 }, records);
        Assert.True(withGap.TryRead(out _));
        Assert.True(withGap.TryRead(out Record second));
        Assert.Equal(103, second.Offset);
        Assert.False(withGap.TryRead(out _));
        Assert.False(withGap.IsMalformed);

        records = Convert.FromHexString("0c000000010100" + "0c000000010100");
        RecordReader repeated = new(OneRecord with { RecordCount = 2, LastOffsetDelta = 5 }, records);
        Assert.True(repeated.TryRead(out _));
        Assert.False(repeated.TryRead(out _));
        Assert.True(repeated.IsMalformed);
    }

    [Fact]
    public void Every_cut_of_a_real_batch_is_malformed_and_gives_only_whole_records()
    {
        byte[] batch = RealBatches.Load("kafka-python-none");
        RecordBatchHeader header = RealBatches.HeaderOf(batch);
        for (int length = RecordBatchHeader.Size; length < batch.Length; length++)
        {
            RecordReader reader = new(header, batch.AsSpan(RecordBatchHeader.Size, length - RecordBatchHeader.Size));
            int count = 0;
            while (reader.TryRead(out Record record))
            {
                Assert.Equal(RealBatches.FiveRecords[count].Value, record.Value.ToArray());
                count++;
            }

            Assert.True(reader.IsMalformed);
            Assert.True(count < RealBatches.FiveRecords.Count);
        }
    }

    [Fact]
    public void The_last_header_of_a_name_is_found()
    {
        using RecordBatchBuilder builder = new();
        builder.AddHeader("a"u8, "1"u8);
        builder.AddHeader("b"u8, NullableBytes.Null);
        builder.AddHeader("a"u8, "2"u8);
        builder.Append(1, NullableBytes.Null, NullableBytes.Null);
        byte[] batch = builder.Build().ToArray();
        RecordReader reader = new(RealBatches.HeaderOf(batch), batch.AsSpan(RecordBatchHeader.Size));
        Assert.True(reader.TryRead(out Record record));
        Assert.True(record.Headers.TryFindLast("a"u8, out NullableBytes a));
        Assert.Equal("2"u8, a.Bytes);
        Assert.True(record.Headers.TryFindLast("b"u8, out NullableBytes b));
        Assert.True(b.IsNull);
        Assert.False(record.Headers.TryFindLast("c"u8, out _));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        byte[] batch = RealBatches.Load(RealBatches.LongVarints);
        RecordBatchHeader header = RealBatches.HeaderOf(batch);
        Assert.True(ReadAll(header, batch) > 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll(header, batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static long ReadAll(in RecordBatchHeader header, byte[] batch)
    {
        long bytes = 0;
        RecordReader reader = new(header, batch.AsSpan(RecordBatchHeader.Size));
        while (reader.TryRead(out Record record))
        {
            bytes += record.Key.Bytes.Length + record.Value.Bytes.Length;
            foreach (RecordHeader recordHeader in record.Headers)
            {
                bytes += recordHeader.Key.Length;
            }
        }

        return bytes;
    }
}
