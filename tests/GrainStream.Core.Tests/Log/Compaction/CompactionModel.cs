using System.Text;
using GrainStream.Core.Log.Compaction;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using Record = GrainStream.Protocol.Records.Record;

namespace GrainStream.Core.Tests.Log.Compaction;

/// <summary>A compacted log of real batches beside the truth about every record that was ever written to it.</summary>
internal sealed class CompactionModel(Random random)
{
    public const int DeleteRetentionMs = 1000;
    private const int Bound = 1 << 20;
    private const short UndefinedCodec = 5;

    private readonly List<Written> _written = [];
    private readonly Dictionary<long, long> _firstCleanedMs = [];
    private List<byte[]> _batches = [];
    private Offset _cleanedEnd;
    private long _nowMs = 1_700_000_000_000;

    public long Removed { get; private set; }

    public long Tombstones { get; private set; }

    public void Append()
    {
        CompressionType codec = (CompressionType)random.Next(5);
        using RecordBatchBuilder builder = new(codec) { BaseOffset = _written.Count, PartitionLeaderEpoch = 3 };
        int count = random.Next(1, 12);
        for (int i = 0; i < count; i++)
        {
            string? key = random.Next(15) == 0 ? null : $"key-{random.Next(25)}";
            string? value = random.Next(3) == 0 ? null : $"value {_written.Count}";
            if (random.Next(3) == 0)
            {
                builder.AddHeader("h"u8, "x"u8);
            }

            long timestamp = _nowMs - random.Next(100);
            builder.Append(timestamp, Bytes(key), Bytes(value));
            _written.Add(new Written(key, value, timestamp));
        }

        byte[] batch = builder.Build().ToArray();
        _batches.Add(random.Next(12) == 0 ? WithCodec(batch, UndefinedCodec | ((int)codec << 8)) : batch);
    }

    /// <summary>The library of the codec that could not be read is installed, for one batch.</summary>
    public void MakeReadable()
    {
        int index = _batches.FindIndex(batch => Header(batch).Attributes >> 8 != 0 || (Header(batch).Attributes & 7) == UndefinedCodec);
        if (index >= 0)
        {
            _batches[index] = WithCodec(_batches[index], Header(_batches[index]).Attributes >> 8);
        }
    }

    public void Wait() => _nowMs += random.Next(2 * DeleteRetentionMs);

    public void Compact()
    {
        (List<byte[]> cleaned, Offset end) = RunPass();
        Check(cleaned, end);
        for (long offset = _cleanedEnd.Value; offset < end.Value; offset++)
        {
            _firstCleanedMs[offset] = _nowMs;
        }

        _batches = cleaned;
        _cleanedEnd = end;
        (List<byte[]> again, _) = RunPass(end);
        Assert.Equal(cleaned.Select(Convert.ToHexString), again.Select(Convert.ToHexString));
    }

    private (List<byte[]> Batches, Offset End) RunPass(Offset? upTo = null)
    {
        OffsetMap map = new(random.Next(24 * 20, 24 * 200), long.MaxValue, new KeyHasher((ulong)random.NextInt64(), (ulong)random.NextInt64()));
        using CompactionPass pass = new(map, _cleanedEnd, new Timestamp(_nowMs), DeleteRetentionMs, Bound);
        foreach (byte[] batch in _batches.Where(batch => Header(batch).BaseOffset >= _cleanedEnd.Value))
        {
            if ((upTo is { } limit && Header(batch).BaseOffset >= limit.Value) || !pass.TryMap(batch))
            {
                break;
            }
        }

        List<byte[]> cleaned = [];
        foreach (byte[] batch in _batches)
        {
            RewrittenBatch result = pass.Clean(batch);
            if (result.Outcome != BatchRewriteOutcome.Dropped)
            {
                cleaned.Add(result.Bytes.ToArray());
            }
        }

        Removed += pass.Counts.RecordsRemoved;
        return (cleaned, pass.End);
    }

    private void Check(List<byte[]> cleaned, Offset end)
    {
        List<(long Offset, bool IsReadable)> kept = [.. cleaned.SelectMany(Read)];
        Assert.Equal(kept.Select(record => record.Offset).Order().Distinct(), kept.Select(record => record.Offset));
        Assert.Subset(_batches.Select(Span).ToHashSet(), cleaned.Select(Span).ToHashSet());
        HashSet<long> survivors = [.. kept.Select(record => record.Offset)];

        // What a consumer makes of it from the beginning is what it would have made of everything.
        Assert.Equal(StateOf(Enumerable.Range(0, _written.Count).Select(offset => (long)offset)), StateOf(kept.Select(record => record.Offset)));

        Dictionary<string, long> latest = [];
        for (int offset = 0; offset < _written.Count; offset++)
        {
            if (_written[offset].Key is { } key)
            {
                latest[key] = offset;
            }
            else
            {
                Assert.Contains(offset, survivors);
            }
        }

        foreach ((string key, long offset) in latest)
        {
            if (!survivors.Contains(offset))
            {
                AssertTombstoneMayGo(key, offset, kept, cleaned);
            }
        }

        Assert.True(end.Value == 0 || end == _cleanedEnd || survivors.Contains(end.Value - 1), "the record at the end of the pass is gone");
        Assert.All(Enumerable.Range((int)end.Value, _written.Count - (int)end.Value), offset => Assert.Contains(offset, survivors));
        AssertKeysOccurOnce(kept, end);
    }

    private void AssertTombstoneMayGo(string key, long offset, List<(long Offset, bool IsReadable)> kept, List<byte[]> cleaned)
    {
        Assert.Null(_written[(int)offset].Value);
        Assert.True(_firstCleanedMs.TryGetValue(offset, out long firstCleaned), $"the tombstone at {offset} went in the first pass");
        Assert.InRange(firstCleaned, 0, _nowMs - DeleteRetentionMs);
        Assert.DoesNotContain(kept, record => record.Offset < offset && _written[(int)record.Offset].Key == key);
        if (_batches.Count != cleaned.Count)
        {
            Tombstones++;
        }
    }

    /// <summary>Of the keys that the pass mapped, nothing superseded is left in batches that can be read.</summary>
    private void AssertKeysOccurOnce(List<(long Offset, bool IsReadable)> kept, Offset end)
    {
        HashSet<string> mapped = [.. kept
            .Where(record => record.IsReadable && record.Offset >= _cleanedEnd.Value && record.Offset < end.Value)
            .Select(record => _written[(int)record.Offset].Key!)];
        List<string> found = [.. kept
            .Where(record => record.IsReadable && record.Offset < end.Value && _written[(int)record.Offset].Key is { } key && mapped.Contains(key))
            .Select(record => _written[(int)record.Offset].Key!)];
        Assert.Equal(found.Distinct(), found);
    }

    private SortedDictionary<string, string> StateOf(IEnumerable<long> offsets)
    {
        SortedDictionary<string, string> state = new(StringComparer.Ordinal);
        foreach (long offset in offsets)
        {
            (string? key, string? value, _) = _written[(int)offset];
            if (key is not null && value is not null)
            {
                state[key] = value;
            }
            else if (key is not null)
            {
                state.Remove(key);
            }
        }

        return state;
    }

    /// <summary>The offsets in a batch, each record being checked against what was written; a batch that cannot be read holds all of its own.</summary>
    private IEnumerable<(long Offset, bool IsReadable)> Read(byte[] batch)
    {
        RecordBatchHeader header = Header(batch);
        Assert.Equal(3, header.PartitionLeaderEpoch);
        if ((header.Attributes & 7) == UndefinedCodec)
        {
            return Enumerable.Range(0, header.RecordCount).Select(delta => (header.BaseOffset + delta, false));
        }

        using RecordBatchUnfolder unfolder = new(Bound);
        Assert.Equal(UnfoldStatus.Done, unfolder.Unfold(batch, out header, out ReadOnlySpan<byte> records));
        RecordReader reader = new(header, records);
        List<(long, bool)> offsets = [];
        while (reader.TryRead(out Record record))
        {
            Written written = _written[(int)record.Offset];
            Assert.Equal(written, new Written(Text(record.Key), Text(record.Value), record.TimestampMs));
            offsets.Add((record.Offset, true));
        }

        return offsets;
    }

    private static (long First, long Next) Span(byte[] batch) => (Header(batch).BaseOffset, Header(batch).NextOffset);

    /// <summary>Gives a batch another codec number; bits 8 to 10, which have no meaning, remember the real one.</summary>
    private static byte[] WithCodec(byte[] batch, int attributes)
    {
        byte[] copy = [.. batch];
        RecordBatchHeader header = Header(copy) with { Attributes = (short)((Header(copy).Attributes & 0xF8) | attributes) };
        header.WithCrcOf(copy.AsSpan(RecordBatchHeader.Size)).Write(copy);
        return copy;
    }

    private static RecordBatchHeader Header(byte[] batch) => RecordBatchHeader.TryRead(batch, out RecordBatchHeader header) ? header : default;

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string? Text(NullableBytes bytes) => bytes.IsNull ? null : Encoding.UTF8.GetString(bytes.Bytes);

    private sealed record Written(string? Key, string? Value, long TimestampMs);
}
