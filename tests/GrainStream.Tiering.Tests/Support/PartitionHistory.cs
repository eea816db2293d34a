namespace GrainStream.Tiering.Tests.Support;

/// <summary>
/// What was sent to one partition, what is known to be in its log, and what may have been removed from it. Thread-safe.
/// <code>
///  log start            begin of the last pass      high watermark
///   S ........................ E ....................... H
///   | records may be missing    | no gap, every record    |
///   | that a later one of their |                         |
///   | key below E supersedes    |                         |
/// </code>
/// </summary>
internal sealed class PartitionHistory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (SentRecord Record, int Order)> _sent = [];
    private readonly SortedDictionary<long, SentRecord> _known = [];
    private readonly Dictionary<string, long> _offsets = [];
    private readonly HashSet<long> _gone = [];
    private readonly List<(long Before, bool DropsTombstones)> _passes = [];
    private long _cleanBefore;

    /// <summary>Records below this may have been removed: a deletion or retention was asked for or possible.</summary>
    public long MayStartAt { get; private set; }

    /// <summary>Records below this must be gone: a deletion was acknowledged.</summary>
    public long MustStartAt { get; private set; }

    /// <summary>Records of it that compaction was seen to have removed.</summary>
    public IReadOnlyList<SentRecord> Removed
    {
        get
        {
            lock (_lock)
            {
                return [.. _gone.Select(offset => _known[offset])];
            }
        }
    }

    public void Sent(IEnumerable<SentRecord> records)
    {
        lock (_lock)
        {
            foreach (SentRecord record in records)
            {
                _sent.Add(record.Text, (record, _sent.Count));
            }
        }
    }

    public void Acknowledged(long baseOffset, IReadOnlyList<SentRecord> records)
    {
        lock (_lock)
        {
            for (int i = 0; i < records.Count; i++)
            {
                Know(baseOffset + i, records[i]);
            }
        }
    }

    public void MayDeleteBefore(long offset)
    {
        lock (_lock)
        {
            MayStartAt = Math.Max(MayStartAt, offset);
        }
    }

    public void MustDeleteBefore(long offset)
    {
        lock (_lock)
        {
            MustStartAt = Math.Max(MustStartAt, offset);
        }
    }

    /// <summary>A pass of compaction was asked for, which may or may not come about.</summary>
    /// <param name="before">It reaches no further.</param>
    /// <param name="dropsTombstones">Whether it may remove tombstones that an earlier pass has cleaned up behind.</param>
    public void MayCompactBefore(long before, bool dropsTombstones)
    {
        lock (_lock)
        {
            _passes.Add((before, dropsTombstones));
        }
    }

    /// <summary>A pass that reached so far has come about: a key is there once.</summary>
    public void MustBeCompactedBefore(long before)
    {
        lock (_lock)
        {
            _cleanBefore = Math.Max(_cleanBefore, before);
        }
    }

    /// <summary>Checks what a reader got from the log start on; what it saw is committed, and known from then on.</summary>
    public void Check(long logStart, long highWatermark, IReadOnlyList<ReadRecord> read)
    {
        lock (_lock)
        {
            Assert.InRange(logStart, MustStartAt, MayStartAt);
            long compactedBefore = _passes.Select(static pass => pass.Before).DefaultIfEmpty().Max();
            long next = logStart;
            int lastOrder = -1;
            foreach ((long offset, SentRecord content) in read)
            {
                Assert.True(offset >= next, $"after offset {next - 1} came {offset}");
                Assert.True(offset == next || offset <= compactedBefore, $"after offset {next - 1} came {offset}, where nothing was compacted");
                int order = CheckContent(offset, content);
                Assert.True(order > lastOrder, $"offset {offset} holds what was sent before its predecessor: {content}");
                (next, lastOrder) = (offset + 1, order);
            }

            Assert.Equal(highWatermark, next);
            Assert.True(
                _known.Count == 0 || _known.Keys.Last() < highWatermark,
                $"records up to {_known.Keys.LastOrDefault()} were acknowledged, but the log ends at {highWatermark}");
            foreach ((long offset, SentRecord content) in read)
            {
                Know(offset, content);
            }

            CheckMissing(logStart, [.. read.Select(static record => record.Offset)], compactedBefore);
        }
    }

    /// <summary>The same, as it is now.</summary>
    public PartitionHistory Copy()
    {
        lock (_lock)
        {
            var copy = new PartitionHistory { MayStartAt = MayStartAt, MustStartAt = MustStartAt, _cleanBefore = _cleanBefore };
            foreach ((string text, (SentRecord Record, int Order) sent) in _sent)
            {
                copy._sent.Add(text, sent);
            }

            foreach ((long offset, SentRecord record) in _known)
            {
                copy.Know(offset, record);
            }

            copy._gone.UnionWith(_gone);
            copy._passes.AddRange(_passes);
            return copy;
        }
    }

    private void Know(long offset, SentRecord record)
    {
        _known[offset] = record;
        _offsets[record.Text] = offset;
    }

    private int CheckContent(long offset, SentRecord content)
    {
        Assert.True(_sent.TryGetValue(content.Text, out (SentRecord Record, int Order) sent), $"offset {offset} holds what was never sent: {content}");
        Assert.Equal(sent.Record, content);
        Assert.True(
            !_known.TryGetValue(offset, out SentRecord? known) || known == content,
            $"offset {offset} holds {content}, but {known} was acknowledged or read there");
        Assert.True(
            !_offsets.TryGetValue(content.Text, out long earlier) || earlier == offset,
            $"offset {offset} holds {content}, which was acknowledged or read at {earlier}");
        Assert.False(_gone.Contains(offset), $"offset {offset} had been removed and is back: {content}");
        return sent.Order;
    }

    private void CheckMissing(long logStart, HashSet<long> present, long compactedBefore)
    {
        foreach (IGrouping<string?, KeyValuePair<long, SentRecord>> records in _known.Where(known => known.Key >= logStart).GroupBy(static known => known.Value.Key))
        {
            long later = long.MaxValue;
            bool isLaterMissing = false;
            foreach ((long offset, SentRecord record) in records.Reverse())
            {
                if (present.Contains(offset))
                {
                    CheckPresent(offset, record, later, isLaterMissing);
                }
                else
                {
                    bool isSuperseded = record.Key is not null && later < compactedBefore;
                    Assert.True(
                        isSuperseded || MayHaveExpired(offset, record),
                        $"offset {offset} is missing, the last of {record.Key ?? "no key"} below {compactedBefore}: {record}");
                    _gone.Add(offset);
                    isLaterMissing = true;
                }

                later = offset;
            }
        }
    }

    private void CheckPresent(long offset, SentRecord record, long later, bool isLaterMissing)
    {
        if (record.Key is not null)
        {
            Assert.False(isLaterMissing, $"offset {offset} is there, though a later one of {record.Key} was removed: {record}");
            Assert.False(later < _cleanBefore, $"offset {offset} is there, though {later} supersedes it and the log was compacted up to {_cleanBefore}");
        }
    }

    // The first pass over a tombstone removes what is older of its key, and only a later one the tombstone.
    private bool MayHaveExpired(long offset, SentRecord record) =>
        record.IsTombstone && _passes.Where(pass => pass.Before > offset).Skip(1).Any(static pass => pass.DropsTombstones);
}
