using System.Globalization;
using GrainStream.Protocol.Records;
using Xunit.Abstractions;
using Record = GrainStream.Protocol.Records.Record;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RecordBatchRewriterTests(ITestOutputHelper output) : IDisposable
{
    private const int Bound = 64 << 20;
    private const long Horizon = 1_900_000_000_000;

    private readonly RecordBatchRewriter _rewriter = new(Bound);

    public static TheoryData<CompressionType> Codecs => [.. Enum.GetValues<CompressionType>()];

    public void Dispose() => _rewriter.Dispose();

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_stays_is_as_it_was_and_so_is_all_of_the_head_that_does_not_count_records(CompressionType codec)
    {
        Random random = Seeds.NewRandom(output);
        for (int round = 0; round < 100; round++)
        {
            byte[] batch = RandomBatch(codec, random);
            bool[] keep = [.. Enumerable.Range(0, 200).Select(_ => random.Next(3) != 0)];
            long? horizon = random.Next(2) == 0 ? Horizon : null;
            RecordBatchHeader before = RealBatches.HeaderOf(batch);
            RewrittenBatch result = _rewriter.Rewrite(batch, horizon, (in Record record) => keep[record.Offset - before.BaseOffset]);

            List<string> expected = [.. Read(batch).Where((_, index) => keep[index])];
            Assert.Equal(expected.Count, result.RecordsKept);
            Assert.Equal(before.RecordCount - expected.Count, result.RecordsRemoved);
            if (expected.Count == 0)
            {
                Assert.Equal(BatchRewriteOutcome.Dropped, result.Outcome);
                Assert.True(result.Bytes.IsEmpty);
                continue;
            }

            byte[] after = result.Bytes.ToArray();
            Assert.Equal(expected, Read(after));
            AssertHead(before, RealBatches.HeaderOf(after), result, expected);
        }
    }

    [Fact]
    public void A_batch_that_loses_nothing_is_the_same_bytes()
    {
        byte[] batch = RandomBatch(CompressionType.Zstd, new Random(1));
        RewrittenBatch result = _rewriter.Rewrite(batch, null, (in Record _) => true);
        Assert.Equal(BatchRewriteOutcome.Unchanged, result.Outcome);
        Assert.True(result.Bytes.Span == batch.AsSpan());
    }

    [Fact]
    public void A_horizon_is_set_once_and_only_where_a_tombstone_stays()
    {
        byte[] plain = Batch(("a", "1", 5), ("b", "2", 7));
        Assert.Equal(BatchRewriteOutcome.Unchanged, _rewriter.Rewrite(plain, Horizon, (in Record _) => true).Outcome);

        byte[] batch = Batch(("a", "1", 5), ("b", null, 7), ("c", "3", 6));
        RewrittenBatch dropped = _rewriter.Rewrite(batch, Horizon, (in Record record) => !record.Value.IsNull);
        Assert.False(RealBatches.HeaderOf(dropped.Bytes.ToArray()).HasDeleteHorizon);

        byte[] marked = _rewriter.Rewrite(batch, Horizon, (in Record _) => true).Bytes.ToArray();
        RecordBatchHeader header = RealBatches.HeaderOf(marked);
        Assert.True(header.HasDeleteHorizon);
        Assert.Equal(Horizon, header.BaseTimestamp);
        Assert.Equal(7, header.MaxTimestamp);
        Assert.Equal(Read(batch), Read(marked));

        RewrittenBatch again = _rewriter.Rewrite(marked, Horizon + 1, (in Record _) => true);
        Assert.Equal(BatchRewriteOutcome.Unchanged, again.Outcome);
        byte[] less = _rewriter.Rewrite(marked, Horizon + 1, (in Record record) => record.Offset != 0).Bytes.ToArray();
        Assert.Equal(Horizon, RealBatches.HeaderOf(less).BaseTimestamp);
        Assert.Equal(Read(batch)[1..], Read(less));
    }

    [Fact]
    public void The_brokers_timestamp_stays()
    {
        byte[] batch = Batch(("a", "1", 5), ("b", null, 7));
        RealBatches.HeaderOf(batch).WithLogAppendTime(4711).Write(batch);
        byte[] rewritten = _rewriter.Rewrite(batch, Horizon, (in Record record) => record.Offset == 1).Bytes.ToArray();
        RecordBatchHeader header = RealBatches.HeaderOf(rewritten);
        Assert.True(header.IsLogAppendTime);
        Assert.Equal(4711, header.MaxTimestamp);
        Assert.Equal(Read(batch)[1..], Read(rewritten));
    }

    [Fact]
    public void Control_batches_stay_and_are_not_asked_about()
    {
        using RecordBatchBuilder builder = new() { IsControl = true };
        builder.Append(1, "key"u8, "value"u8);
        RewrittenBatch result = _rewriter.Rewrite(builder.Build(), Horizon, (in Record _) => throw new InvalidOperationException());
        Assert.Equal(BatchRewriteOutcome.Unchanged, result.Outcome);
    }

    [Fact]
    public void What_cannot_be_read_stays_as_it_is_and_says_why()
    {
        byte[] batch = RandomBatch(CompressionType.Lz4, new Random(2));
        AssertUnreadable(UnfoldStatus.NotABatch, batch[..60]);
        AssertUnreadable(UnfoldStatus.NotABatch, [.. batch, 0]);
        byte[] damaged = [.. batch];
        damaged[^1] ^= 1;
        AssertUnreadable(UnfoldStatus.WrongChecksum, damaged);
        AssertUnreadable(UnfoldStatus.Malformed, GiveChecksum(damaged));
        AssertUnreadable(UnfoldStatus.Malformed, Changed(batch, header => header with { RecordCount = header.RecordCount + 1 }));
        AssertUnreadable(UnfoldStatus.UnsupportedCodec, Changed(batch, header => header with { Attributes = 5 }));
        using RecordBatchRewriter small = new(10);
        RewrittenBatch tooLarge = small.Rewrite(batch, null, (in Record _) => false);
        Assert.Equal((BatchRewriteOutcome.Unreadable, UnfoldStatus.TooLarge), (tooLarge.Outcome, tooLarge.Unfolding));
    }

    [Fact]
    public void Damage_anywhere_never_throws_and_never_loses_the_batch()
    {
        Random random = Seeds.NewRandom(output);
        foreach (CompressionType codec in Enum.GetValues<CompressionType>())
        {
            byte[] batch = RandomBatch(codec, random);
            for (int round = 0; round < 300; round++)
            {
                byte[] damaged = Mutations.Mutate(batch, random);
                if (random.Next(4) != 0 && damaged.Length >= RecordBatchHeader.Size)
                {
                    damaged = Changed(damaged, header => header with { BatchLength = damaged.Length - RecordBatchHeader.LengthOverhead });
                }

                RewrittenBatch result = _rewriter.Rewrite(damaged, Horizon, (in Record record) => record.Offset % 2 == 0);
                if (result.Outcome is BatchRewriteOutcome.Unreadable or BatchRewriteOutcome.Unchanged)
                {
                    Assert.True(result.Bytes.Span == damaged.AsSpan());
                }
            }
        }
    }

    [Fact]
    public void Rewriting_allocates_nothing_for_a_record()
    {
        using RecordBatchBuilder builder = new();
        for (int i = 0; i < 10_000; i++)
        {
            builder.Append(i, "key"u8, "value"u8);
        }

        byte[] batch = builder.Build().ToArray();
        RecordPredicate even = static (in Record record) => record.Offset % 2 == 0;
        _rewriter.Rewrite(batch, null, even);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(5_000, _rewriter.Rewrite(batch, null, even).RecordsKept);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    private void AssertUnreadable(UnfoldStatus expected, byte[] batch)
    {
        RewrittenBatch result = _rewriter.Rewrite(batch, Horizon, (in Record _) => false);
        Assert.Equal(BatchRewriteOutcome.Unreadable, result.Outcome);
        Assert.Equal(expected, result.Unfolding);
        Assert.True(result.Bytes.Span == batch.AsSpan());
    }

    private static void AssertHead(in RecordBatchHeader before, in RecordBatchHeader after, in RewrittenBatch result, List<string> kept)
    {
        RecordBatchHeader expected = before with { RecordCount = kept.Count };
        if (result.Outcome == BatchRewriteOutcome.Rewritten)
        {
            expected = expected with { BatchLength = result.Bytes.Length - RecordBatchHeader.LengthOverhead };
            expected = expected with { Crc = Crc32C.Compute(result.Bytes.Span[RecordBatchHeader.CrcCoverageStart..]) };
            expected = expected with { MaxTimestamp = kept.Max(record => long.Parse(record.Split('|')[1], CultureInfo.InvariantCulture)) };
        }

        if (after.HasDeleteHorizon)
        {
            Assert.Equal(Horizon, after.BaseTimestamp);
            expected = expected with { Attributes = (short)(before.Attributes | 0x40), BaseTimestamp = Horizon };
        }

        Assert.Equal(expected, after);
    }

    /// <summary>All of each record as text, offset and timestamp first.</summary>
    private static List<string> Read(byte[] batch)
    {
        using RecordBatchUnfolder unfolder = new(Bound);
        Assert.Equal(UnfoldStatus.Done, unfolder.Unfold(batch, out RecordBatchHeader header, out ReadOnlySpan<byte> records));
        RecordReader reader = new(header, records);
        List<string> found = [];
        while (reader.TryRead(out Record record))
        {
            string text = $"{record.Offset}|{record.TimestampMs}|{Text(record.Key)}|{Text(record.Value)}";
            foreach (RecordHeader recordHeader in record.Headers)
            {
                text += $"|{Text(recordHeader.Key)}={Text(recordHeader.Value)}";
            }

            found.Add(text);
        }

        return found;
    }

    private static string Text(NullableBytes bytes) => bytes.IsNull ? "null" : Convert.ToHexString(bytes.Bytes);

    private static byte[] RandomBatch(CompressionType codec, Random random)
    {
        using RecordBatchBuilder builder = new(codec) { BaseOffset = random.NextInt64(1L << 40), PartitionLeaderEpoch = random.Next(100) };
        int count = random.Next(1, 200);
        for (int i = 0; i < count; i++)
        {
            TestRecord.Random(random).AppendTo(builder);
        }

        if (random.Next(2) == 0)
        {
            builder.SetProducer(random.Next(), 3, random.Next());
        }

        return builder.Build().ToArray();
    }

    private static byte[] Batch(params (string Key, string? Value, long Timestamp)[] records)
    {
        using RecordBatchBuilder builder = new();
        foreach ((string key, string? value, long timestamp) in records)
        {
            builder.Append(timestamp, System.Text.Encoding.UTF8.GetBytes(key), value is null ? null : System.Text.Encoding.UTF8.GetBytes(value));
        }

        return builder.Build().ToArray();
    }

    private static byte[] Changed(byte[] batch, Func<RecordBatchHeader, RecordBatchHeader> change)
    {
        byte[] copy = [.. batch];
        change(RealBatches.HeaderOf(copy)).Write(copy);
        return GiveChecksum(copy);
    }

    private static byte[] GiveChecksum(byte[] batch)
    {
        byte[] copy = [.. batch];
        RealBatches.HeaderOf(copy).WithCrcOf(copy.AsSpan(RecordBatchHeader.Size)).Write(copy);
        return copy;
    }
}
