namespace GrainStream.Protocol.Records;

/// <summary>One record of a batch. Borrows the batch's bytes.</summary>
public readonly ref struct Record
{
    internal Record(long offset, long timestampMs, NullableBytes key, NullableBytes value, RecordHeaders headers)
    {
        Offset = offset;
        TimestampMs = timestampMs;
        Key = key;
        Value = value;
        Headers = headers;
    }

    /// <summary>Offset in the partition: the batch's base offset plus the record's delta.</summary>
    public long Offset { get; }

    /// <summary>Unix milliseconds, set by the producer or, with log append time, by the broker. -1 where there is none.</summary>
    public long TimestampMs { get; }

    public NullableBytes Key { get; }

    /// <summary>Null marks the key as deleted in a compacted topic.</summary>
    public NullableBytes Value { get; }

    public RecordHeaders Headers { get; }
}
