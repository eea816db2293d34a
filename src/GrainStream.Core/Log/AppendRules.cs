using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log;

/// <summary>What a partition asks of a batch before it takes it. Immutable; one instance is shared by all partitions of a topic.</summary>
public sealed record AppendRules
{
    /// <summary>Kafka's defaults.</summary>
    public static readonly AppendRules Default = new();

    /// <summary>Largest batch, in bytes as sent, head included (max.message.bytes). Kafka's default: 1 MiB + 12.</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary>Who sets timestamps (message.timestamp.type).</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>How far before the broker's time a record may be dated (message.timestamp.before.max.ms). Kafka's default: any.</summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>
    /// How far after the broker's time a record may be dated (message.timestamp.after.max.ms). Kafka 4's default: one hour.
    /// </summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary>Every record must have a key (cleanup.policy has "compact"). Not checked with the head: the records must be read for it.</summary>
    public bool RequiresKeys { get; init; }

    /// <summary>
    /// Checks all of a batch's head that does not depend on the partition's state; <see cref="ErrorCode.None"/> if it may be appended.
    /// Timestamps are checked by the head's two (first record's and greatest): records are not decoded to look at each one's.
    /// </summary>
    internal ErrorCode Check(in RecordBatchHeader batch, Timestamp now, out string? message)
    {
        message = null;
        if (batch.TotalSize > MaxMessageBytes)
        {
            message = "The record batch is larger than the topic's max.message.bytes. Send smaller batches, or raise that setting.";
            return ErrorCode.MessageTooLarge;
        }

        if (batch.RecordCount <= 0 || batch.LastOffsetDelta != batch.RecordCount - 1)
        {
            message = "The record batch's last offset delta does not agree with its number of records.";
            return ErrorCode.InvalidRecord;
        }

        if (batch.IsControl)
        {
            message = "Clients may not write control records.";
            return ErrorCode.InvalidRecord;
        }

        if (batch.HasProducer && (batch.BaseSequence < 0 || batch.ProducerEpoch < 0))
        {
            message = "The record batch has a producer id but no valid sequence number or producer epoch.";
            return ErrorCode.InvalidRecord;
        }

        if (batch.IsTransactional)
        {
            message = "This broker does not take transactional records yet. Use an idempotent producer without transactional.id.";
            return ErrorCode.InvalidTxnState;
        }

        return CheckTimestamps(batch, now, out message);
    }

    private ErrorCode CheckTimestamps(in RecordBatchHeader batch, Timestamp now, out string? message)
    {
        message = null;
        if (batch.IsLogAppendTime)
        {
            message = "Producers may not mark timestamps as LogAppendTime; only the broker does.";
            return ErrorCode.InvalidTimestamp;
        }

        if (TimestampType == TimestampType.CreateTime &&
            (!IsNear(batch.BaseTimestamp, now.UnixMs) || !IsNear(batch.MaxTimestamp, now.UnixMs)))
        {
            message = "A timestamp lies further from the broker's time than the topic's message.timestamp.before.max.ms or " +
                "message.timestamp.after.max.ms allows. Correct the producer's clock or unit (milliseconds), or raise those settings.";
            return ErrorCode.InvalidTimestamp;
        }

        return ErrorCode.None;
    }

    // Compared without subtracting from the record's timestamp: it is a peer's number and may be any.
    private bool IsNear(long timestamp, long now)
    {
        if (timestamp == Timestamp.None.UnixMs)
        {
            return true;
        }

        bool isTooOld = TimestampBeforeMaxMs <= now && timestamp < now - TimestampBeforeMaxMs;
        bool isTooNew = TimestampAfterMaxMs <= long.MaxValue - now && timestamp > now + TimestampAfterMaxMs;
        return !isTooOld && !isTooNew;
    }
}
