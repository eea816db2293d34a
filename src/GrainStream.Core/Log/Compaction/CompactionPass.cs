using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log.Compaction;

/// <summary>
/// One pass of compaction over a partition: first it is shown the batches that were never cleaned (<see cref="TryMap"/>), then every batch from
/// the log's start on (<see cref="Clean"/>), each time in order.
/// <code>
///   log start          cleaned end              end of the pass     log end
///      S .................. C ...................... E ............... L
///      | a key occurs once  | keys are mapped        | not looked at   |
///      | what [C, E) has    | superseded records     |                 |
///      | superseded goes    | go                     |                 |
/// </code>
/// </summary>
/// <remarks>
/// <para>A record below E goes if its key occurs again below E, or if it is a tombstone whose time has come. Records without a key stay: nothing says what
/// would supersede them. Kafka drops those; it refuses them in compacted topics, so they stem from before the topic was one.</para>
/// <para>A tombstone's time: the pass that first meets it among the mapped ones removes everything older of its key and sets its batch's delete
/// horizon, the moment plus <c>delete.retention.ms</c> (KIP-534). A pass after that moment removes it. While an unreadable batch lies below it, which may hold an older
/// value of its key, no horizon is set, and the tombstone stays: removed, it would bring that value back to life.</para>
/// <para>The record before E stays even if it is a tombstone whose time has come, so that the log's last record, when everything is in segments, can always be
/// read: a consumer at the end of the log is never left waiting in a gap. Batches that keep no record go entirely. Kafka keeps an empty head of each producer's last batch, from
/// which it rebuilds the producer's state; here that state is in checkpoints and segment footers.</para>
/// <para>Batches that cannot be read, or have more records than the map has room for, stay as they are and count as unreadable.</para>
/// </remarks>
public sealed class CompactionPass : IDisposable
{
    private readonly OffsetMap _map;
    private readonly Offset _cleanedEnd;
    private readonly Timestamp _now;
    private readonly long _newHorizonMs;
    private readonly RecordBatchUnfolder _unfolder;
    private readonly RecordBatchRewriter _rewriter;
    private readonly RecordPredicate _isKept;
    private bool _mayRemoveTombstones;

    /// <summary>A pass that has seen nothing yet.</summary>
    /// <param name="map">Empty. Its size is the pass's memory.</param>
    /// <param name="cleanedEnd">C: where the last pass ended.</param>
    /// <param name="now">The moment of the pass.</param>
    /// <param name="deleteRetentionMs">The topic's <c>delete.retention.ms</c>.</param>
    /// <param name="maxUnfoldedBytes">Most bytes the records of one batch may have once decompressed.</param>
    public CompactionPass(OffsetMap map, Offset cleanedEnd, Timestamp now, long deleteRetentionMs, int maxUnfoldedBytes)
    {
        _map = map;
        _cleanedEnd = cleanedEnd;
        _now = now;
        _newHorizonMs = deleteRetentionMs > long.MaxValue - now.UnixMs ? long.MaxValue : now.UnixMs + deleteRetentionMs;
        _unfolder = new RecordBatchUnfolder(maxUnfoldedBytes);
        _rewriter = new RecordBatchRewriter(maxUnfoldedBytes);
        _isKept = IsKept;
        End = cleanedEnd;
    }

    /// <summary>E: what lies below has been mapped and may be cleaned.</summary>
    public Offset End { get; private set; }

    /// <summary>What was done so far.</summary>
    public CompactionCounts Counts { get; private set; }

    /// <summary>Takes note of the keys of the next batch at or after the cleaned end.</summary>
    /// <returns>False if the map has no room for it: the pass ends before this batch.</returns>
    public bool TryMap(ReadOnlyMemory<byte> batch)
    {
        UnfoldStatus status = _unfolder.Unfold(batch, out RecordBatchHeader header, out ReadOnlySpan<byte> records);
        Invariant.Require(header.NextOffset > End.Value, $"a batch up to {header.NextOffset} was to be mapped after {End}");
        if (status == UnfoldStatus.Done && !header.IsControl && header.RecordCount <= _map.Capacity)
        {
            if (header.RecordCount > _map.Capacity - _map.Count)
            {
                return false;
            }

            RecordReader reader = new(header, records);
            while (reader.TryRead(out Record record))
            {
                if (!record.Key.IsNull)
                {
                    _map.Put(record.Key.Bytes, record.Offset);
                }
            }
        }

        End = new Offset(header.NextOffset);
        return true;
    }

    /// <summary>Notes that nothing is left to map below <paramref name="end"/>: an earlier compaction may have left a gap there.</summary>
    public void EndAt(Offset end)
    {
        Invariant.Require(end >= End, $"a pass that reached {End} cannot end at {end}");
        End = end;
    }

    /// <summary>Cleans the next batch, from the log's start on. Batches at or after <see cref="End"/> stay as they are.</summary>
    /// <returns>What takes its place; the bytes are valid until the next call, those of the batch itself as long as they are.</returns>
    public RewrittenBatch Clean(ReadOnlyMemory<byte> batch)
    {
        bool isHead = RecordBatchHeader.TryRead(batch.Span, out RecordBatchHeader header);
        RewrittenBatch result;
        if (isHead && header.NextOffset > End.Value)
        {
            result = new RewrittenBatch(BatchRewriteOutcome.Unchanged, batch, header.RecordCount);
        }
        else if (isHead && header.RecordCount > _map.Capacity && header.BaseOffset >= _cleanedEnd.Value)
        {
            result = new RewrittenBatch(BatchRewriteOutcome.Unreadable, batch, Unfolding: UnfoldStatus.TooLarge);
        }
        else
        {
            _mayRemoveTombstones = header.HasDeleteHorizon && header.BaseTimestamp <= _now.UnixMs;
            bool maySetHorizon = header.BaseOffset >= _cleanedEnd.Value && Counts.UnreadableBatches == 0;
            result = _rewriter.Rewrite(batch, maySetHorizon ? _newHorizonMs : null, _isKept);
        }

        Counts = Counts.Plus(result, batch.Length);
        return result;
    }

    public void Dispose()
    {
        _unfolder.Dispose();
        _rewriter.Dispose();
    }

    private bool IsKept(in Record record)
    {
        if (record.Key.IsNull)
        {
            return true;
        }

        if (_map.TryGet(record.Key.Bytes, out long latest) && record.Offset < latest)
        {
            return false;
        }

        bool isExpiredTombstone = record.Value.IsNull && _mayRemoveTombstones;
        return !isExpiredTombstone || record.Offset + 1 == End.Value;
    }
}
