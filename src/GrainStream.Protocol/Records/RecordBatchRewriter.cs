using System.Numerics;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Takes records out of stored batches, for compaction. What stays keeps its offset, timestamp, key, value and headers byte for byte; the batch keeps
/// its base offset, its last offset (so the offsets it covers and its producer's last sequence stay known), leader epoch, producer, base
/// sequence, codec and other attributes. Its length, record count and checksum are computed anew, and so is its greatest timestamp unless the broker
/// set it; the base timestamp changes only to hold the delete horizon. Nothing is allocated per record: the buffers are kept for the
/// next batch. For one thread at a time.
/// </summary>
/// <param name="maxUnfoldedBytes">Most bytes the records of one batch may have once decompressed; a larger batch is unreadable.</param>
public sealed class RecordBatchRewriter(int maxUnfoldedBytes) : IDisposable
{
    private readonly RecordBatchUnfolder _unfolder = new(maxUnfoldedBytes);
    private readonly PooledBuffer _plain = new();
    private readonly PooledBuffer _rewritten = new();

    /// <summary>A bit per record of the batch at work: whether it is kept.</summary>
    private ulong[] _kept = new ulong[64];

    /// <summary>Asks of every record of the batch, in order, whether to keep it, and makes the batch of those that are.</summary>
    /// <param name="batch">Exactly one batch, head included. Borrowed until the result is done with.</param>
    /// <param name="deleteHorizonMs">
    /// Unix milliseconds to set as the delete horizon if the batch has none yet and keeps a record without a value; null to set none.
    /// </param>
    /// <param name="keep">Asked once per record, unless the batch cannot be read or is a control batch, which stays as it is.</param>
    public RewrittenBatch Rewrite(ReadOnlyMemory<byte> batch, long? deleteHorizonMs, RecordPredicate keep)
    {
        UnfoldStatus status = _unfolder.Unfold(batch, out RecordBatchHeader header, out ReadOnlySpan<byte> records);
        if (status != UnfoldStatus.Done)
        {
            return new RewrittenBatch(BatchRewriteOutcome.Unreadable, batch, Unfolding: status);
        }

        if (header.IsControl)
        {
            return new RewrittenBatch(BatchRewriteOutcome.Unchanged, batch, header.RecordCount);
        }

        Selection selection = Select(header, records, keep);
        int removed = header.RecordCount - selection.Count;
        if (selection.Count == 0)
        {
            return new RewrittenBatch(BatchRewriteOutcome.Dropped, ReadOnlyMemory<byte>.Empty, 0, removed);
        }

        long? newHorizonMs = selection.HasTombstone && !header.HasDeleteHorizon ? deleteHorizonMs : null;
        return removed == 0 && newHorizonMs is null
            ? new RewrittenBatch(BatchRewriteOutcome.Unchanged, batch, header.RecordCount)
            : new RewrittenBatch(
                BatchRewriteOutcome.Rewritten, Write(header, records, selection, newHorizonMs), selection.Count, removed);
    }

    public void Dispose()
    {
        _unfolder.Dispose();
        _plain.Dispose();
        _rewritten.Dispose();
    }

    private Selection Select(in RecordBatchHeader header, ReadOnlySpan<byte> records, RecordPredicate keep)
    {
        int words = (header.RecordCount / 64) + 1;
        if (_kept.Length < words)
        {
            _kept = new ulong[BitOperations.RoundUpToPowerOf2((uint)words)];
        }

        _kept.AsSpan(0, words).Clear();
        int count = 0;
        bool hasTombstone = false;
        long maxTimestampMs = long.MinValue;
        RecordReader reader = new(header, records);
        for (int index = 0; reader.TryRead(out Record record); index++)
        {
            if (keep(record))
            {
                _kept[index / 64] |= 1UL << index;
                count++;
                hasTombstone |= record.Value.IsNull && !record.Key.IsNull;
                maxTimestampMs = Math.Max(maxTimestampMs, record.TimestampMs);
            }
        }

        return new Selection(count, hasTombstone, maxTimestampMs);
    }

    private ReadOnlyMemory<byte> Write(in RecordBatchHeader header, ReadOnlySpan<byte> records, in Selection selection, long? newHorizonMs)
    {
        _rewritten.Clear();
        _rewritten.GetSpan(RecordBatchHeader.Size);
        _rewritten.Advance(RecordBatchHeader.Size);
        PooledBuffer plain = _rewritten;
        if (header.Compression != CompressionType.None)
        {
            plain = _plain;
            plain.Clear();
        }

        CopyKept(header, records, plain, newHorizonMs);
        if (header.Compression != CompressionType.None)
        {
            RecordCodec.Compress(header.Compression, plain.WrittenSpan, _rewritten);
        }

        RecordBatchHeader rewritten = header with
        {
            BatchLength = _rewritten.Length - RecordBatchHeader.LengthOverhead,
            Attributes = newHorizonMs is null ? header.Attributes : (short)((ushort)header.Attributes | RecordBatchAttributes.DeleteHorizon),
            BaseTimestamp = newHorizonMs ?? header.BaseTimestamp,
            MaxTimestamp = selection.MaxTimestampMs,
            RecordCount = selection.Count,
        };
        rewritten.WithCrcOf(_rewritten.WrittenSpan[RecordBatchHeader.Size..]).Write(_rewritten.WrittenBytes);
        return _rewritten.WrittenMemory;
    }

    private void CopyKept(in RecordBatchHeader header, ReadOnlySpan<byte> records, PooledBuffer target, long? newHorizonMs)
    {
        RecordReader reader = new(header, records);
        int start = 0;
        for (int index = 0; reader.TryRead(out _); index++)
        {
            ReadOnlySpan<byte> record = records[start..reader.Position];
            start = reader.Position;
            if (((_kept[index / 64] >> index) & 1) == 0)
            {
                continue;
            }

            if (newHorizonMs is { } horizonMs)
            {
                CopyWithBase(record, header.BaseTimestamp, horizonMs, target);
            }
            else
            {
                record.CopyTo(target.GetSpan(record.Length));
                target.Advance(record.Length);
            }
        }
    }

    /// <summary>Copies a record whose timestamp is now the difference to another base. Its length changes with it, nothing else does.</summary>
    private static void CopyWithBase(ReadOnlySpan<byte> record, long oldBaseMs, long newBaseMs, PooledBuffer target)
    {
        int position = 0;
        bool isRead = RecordVarint.TryRead(record, ref position, out _);
        byte attributes = record[position++];
        isRead &= RecordVarint.TryReadLong(record, ref position, out long delta);
        if (!isRead)
        {
            throw new InvalidOperationException("a record that was read before cannot be read again");
        }

        // Differences wrap around as readers' sums do.
        long newDelta = unchecked(oldBaseMs + delta - newBaseMs);
        ReadOnlySpan<byte> rest = record[position..];
        int bodySize = 1 + RecordVarint.SizeOf(newDelta) + rest.Length;
        Span<byte> copy = target.GetSpan(bodySize + RecordVarint.MaxSize);
        int written = RecordVarint.Write(copy, bodySize);
        copy[written++] = attributes;
        written += RecordVarint.Write(copy[written..], newDelta);
        rest.CopyTo(copy[written..]);
        target.Advance(written + rest.Length);
    }

    /// <summary>What is kept of a batch.</summary>
    private readonly record struct Selection(int Count, bool HasTombstone, long MaxTimestampMs);
}
