using GrainStream.Core.Log.Compaction;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Tests.Log.Compaction;

public sealed class CompactionPassTests
{
    /// <summary>The last one is another in every run; a failure names it.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60), Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_is_written_and_however_often_it_is_cleaned_no_value_is_lost_and_none_comes_back(int seed)
    {
        Random random = new(seed);
        CompactionModel model = new(random);
        for (int step = 0; step < 120; step++)
        {
            switch (random.Next(10))
            {
                case 0:
                    model.Compact();
                    break;
                case 1:
                    model.Wait();
                    break;
                case 2 when random.Next(4) == 0:
                    model.MakeReadable();
                    break;
                default:
                    model.Append();
                    break;
            }
        }

        model.Compact();
        Assert.True(model.Removed > 0);
    }

    [Fact]
    public void Tombstones_go_in_the_end()
    {
        long gone = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            CompactionModel model = new(new Random(seed));
            for (int round = 0; round < 10; round++)
            {
                model.Append();
                model.Append();
                model.Compact();
                model.Wait();
            }

            gone += model.Tombstones;
        }

        Assert.True(gone > 20, $"only {gone} tombstones went");
    }

    [Fact]
    public void A_tombstone_stays_until_its_time_and_the_last_record_stays_for_ever()
    {
        Log log = new();
        log.Append(("a", "1"), ("b", "1"));
        log.Append(("a", null), ("b", "2"));
        log.Append(("c", null));
        log.Compact(nowMs: 1000, deleteRetentionMs: 500);
        Assert.Equal(["2 a=", "3 b=2", "4 c="], log.Records());
        log.Compact(nowMs: 1499, deleteRetentionMs: 500);
        Assert.Equal(["2 a=", "3 b=2", "4 c="], log.Records());
        log.Compact(nowMs: 1500, deleteRetentionMs: 500);
        Assert.Equal(["3 b=2", "4 c="], log.Records());
        log.Append(("d", "1"));
        log.Compact(nowMs: 1600, deleteRetentionMs: 500);
        Assert.Equal(["3 b=2", "5 d=1"], log.Records());
    }

    [Fact]
    public void A_full_map_ends_the_pass_before_the_batch_that_does_not_fit()
    {
        Log log = new();
        log.Append(("a", "1"), ("b", "1"));
        log.Append(("a", "2"), ("c", "1"));
        log.Append(("a", "3"));
        Assert.Equal(new Offset(2), log.Compact(0, 0, keys: 3));
        Assert.Equal(5, log.Records().Count);
        Assert.Equal(new Offset(5), log.Compact(0, 0, keys: 3));
        Assert.Equal(["1 b=1", "3 c=1", "4 a=3"], log.Records());
    }

    [Fact]
    public void A_batch_with_more_records_than_the_map_takes_stays_and_is_passed_over()
    {
        Log log = new();
        log.Append(("a", "1"), ("b", "1"));
        log.Append(("a", "2"), ("b", "2"), ("c", "2"), ("d", null));
        log.Append(("a", "3"));
        Assert.Equal(new Offset(7), log.Compact(0, 0, keys: 3));
        Assert.Equal(["1 b=1", "2 a=2", "3 b=2", "4 c=2", "5 d=", "6 a=3"], log.Records());
        Assert.Equal((1, UnfoldStatus.TooLarge), (log.Counts.UnreadableBatches, log.Counts.FirstUnreadable));
    }

    [Fact]
    public void A_pass_counts_what_it_does()
    {
        Log log = new();
        log.Append(("a", "1"), ("b", "1"));
        log.Append(("a", "2"));
        log.Compact(0, 0);
        Assert.Equal((2, 2, 1, 0), (log.Counts.Batches, log.Counts.RecordsKept, log.Counts.RecordsRemoved, log.Counts.UnreadableBatches));
        Assert.InRange(log.Counts.BytesKept, 2 * RecordBatchHeader.Size, log.Counts.BytesRead - 1);
    }

    /// <summary>A log of a few batches that is cleaned to its end.</summary>
    private sealed class Log
    {
        private List<byte[]> _batches = [];
        private long _end;
        private Offset _cleanedEnd;

        public CompactionCounts Counts { get; private set; }

        public void Append(params (string Key, string? Value)[] records)
        {
            using RecordBatchBuilder builder = new() { BaseOffset = _end };
            foreach ((string key, string? value) in records)
            {
                builder.Append(1, System.Text.Encoding.UTF8.GetBytes(key), value is null ? null : System.Text.Encoding.UTF8.GetBytes(value));
                _end++;
            }

            _batches.Add(builder.Build().ToArray());
        }

        public Offset Compact(long nowMs, long deleteRetentionMs, int keys = 100)
        {
            OffsetMap map = new(long.MaxValue, keys, new KeyHasher(1, 2));
            Assert.Equal(keys, map.Capacity);
            using CompactionPass pass = new(map, _cleanedEnd, new Timestamp(nowMs), deleteRetentionMs, 1 << 20);
            foreach (byte[] batch in _batches)
            {
                RecordBatchHeader.TryRead(batch, out RecordBatchHeader header);
                if (header.BaseOffset >= _cleanedEnd.Value && !pass.TryMap(batch))
                {
                    break;
                }
            }

            _batches = [.. _batches.Select(batch => pass.Clean(batch).Bytes.ToArray()).Where(batch => batch.Length > 0)];
            _cleanedEnd = pass.End;
            Counts = pass.Counts;
            return pass.End;
        }

        public List<string> Records()
        {
            List<string> found = [];
            foreach (byte[] batch in _batches)
            {
                RecordBatchHeader.TryRead(batch, out RecordBatchHeader header);
                RecordReader reader = new(header, batch.AsSpan(RecordBatchHeader.Size));
                while (reader.TryRead(out GrainStream.Protocol.Records.Record record))
                {
                    found.Add($"{record.Offset} {Text(record.Key)}={Text(record.Value)}");
                }
            }

            return found;
        }

        private static string Text(NullableBytes bytes) => System.Text.Encoding.UTF8.GetString(bytes.Bytes);
    }
}
