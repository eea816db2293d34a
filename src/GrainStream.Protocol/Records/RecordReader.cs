using System.Runtime.CompilerServices;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Reads the records of a batch one after the other, in place: nothing is copied and nothing allocated. The bytes may be
/// anything; where they are not records, reading stops and <see cref="IsMalformed"/> says so.
/// <code>
/// length varint | attributes i8 | timestamp delta varlong | offset delta varint
/// key length varint, -1 = null | key | value length varint, -1 = null | value
/// header count varint | { key length varint | key | value length varint, -1 = null | value } ...
/// </code>
/// </summary>
/// <example>
/// <code>
/// RecordReader reader = new(header, records);
/// while (reader.TryRead(out Record record)) { ... }
/// if (reader.IsMalformed) { ... }
/// </code>
/// </example>
public ref struct RecordReader
{
    private readonly RecordBatchHeader _header;
    private readonly ReadOnlySpan<byte> _records;
    private int _position;
    private int _recordsRead;
    private int _lastOffsetDelta;

    /// <summary>A reader of the batch with this head.</summary>
    /// <param name="header">Head of the batch; for offsets, timestamps and the number of records.</param>
    /// <param name="records">The bytes after the head, decompressed if the batch is compressed (<see cref="RecordCodec"/>).</param>
    public RecordReader(in RecordBatchHeader header, ReadOnlySpan<byte> records)
    {
        _header = header;
        _records = records;
        _lastOffsetDelta = -1;
    }

    /// <summary>The bytes are not the records that the head announces. Records read before are as they were sent.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Where the next record begins, in the bytes given; behind the last one where there is none.</summary>
    internal readonly int Position => _position;

    /// <summary>Reads the next record; false at the end of the batch, and where it is malformed, from then on.</summary>
    public bool TryRead(out Record record)
    {
        if (!IsMalformed && _recordsRead < _header.RecordCount)
        {
            if (TryReadRecord(out record))
            {
                _recordsRead++;
                return true;
            }

            IsMalformed = true;
            return false;
        }

        // Bytes after the last record, or a negative count, contradict the head.
        IsMalformed |= _header.RecordCount < 0 || _position != _records.Length;
        record = default;
        return false;
    }

    /// <summary>Reads a length and as many bytes, and moves <paramref name="position"/> behind them; false if they are not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryReadBytes(ReadOnlySpan<byte> source, scoped ref int position, out NullableBytes bytes)
    {
        bytes = default;
        if (!RecordVarint.TryRead(source, ref position, out int length) || length > source.Length - position)
        {
            return false;
        }

        if (length < 0)
        {
            return length == -1;
        }

        bytes = NullableBytes.FromSpan(source.Slice(position, length));
        position += length;
        return true;
    }

    private bool TryReadRecord(out Record record)
    {
        record = default;
        if (!RecordVarint.TryRead(_records, ref _position, out int length) || length <= 0 || length > _records.Length - _position)
        {
            return false;
        }

        ReadOnlySpan<byte> body = _records.Slice(_position, length);
        _position += length;

        // The first byte holds the record's attributes, none of which is defined.
        int position = 1;
        if (!RecordVarint.TryReadLong(body, ref position, out long timestampDelta)
            || !RecordVarint.TryRead(body, ref position, out int offsetDelta)
            || !TryReadBytes(body, ref position, out NullableBytes key)
            || !TryReadBytes(body, ref position, out NullableBytes value)
            || !RecordVarint.TryRead(body, ref position, out int headerCount)
            || (headerCount != 0 ? !AreHeaders(body[position..], headerCount) : position != body.Length))
        {
            return false;
        }

        // Compaction leaves gaps between records, but neither repeats offsets nor goes beyond the batch's last.
        if (offsetDelta <= _lastOffsetDelta || offsetDelta > _header.LastOffsetDelta)
        {
            return false;
        }

        _lastOffsetDelta = offsetDelta;
        record = new Record(
            _header.BaseOffset + offsetDelta,
            _header.IsLogAppendTime ? _header.MaxTimestamp : _header.BaseTimestamp + timestampDelta,
            key,
            value,
            new RecordHeaders(body[position..], headerCount));
        return true;
    }

    /// <summary>Whether the bytes are exactly that many headers; checked here so that enumerating them cannot fail.</summary>
    private static bool AreHeaders(ReadOnlySpan<byte> bytes, int count)
    {
        // Each header takes at least two bytes, so a count beyond the bytes ends the loop early.
        int position = 0;
        for (int i = 0; i < count; i++)
        {
            if (!RecordHeaders.TryReadHeader(bytes, ref position, out _))
            {
                return false;
            }
        }

        return count >= 0 && position == bytes.Length;
    }
}
