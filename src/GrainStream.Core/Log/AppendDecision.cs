using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// What a partition decided about a batch. Nothing has changed yet.
/// <list type="bullet">
/// <item>Accepted (<see cref="Error"/> is None, not a duplicate): patch <see cref="BaseOffset"/>, the leader epoch and, if
/// <see cref="LogAppendTimestamp"/> is set, the timestamp into the batch, append it to the journal, then call
/// <see cref="PartitionLog.Apply"/>. If the journal refuses, forget the decision.</item>
/// <item>Duplicate: append nothing; the offsets are those the batch got the first time.</item>
/// <item>Refused: answer <see cref="Error"/>; append nothing.</item>
/// </list>
/// In the first two cases an acks=all reply must wait until the high watermark is at or beyond <see cref="End"/>: a duplicate must not
/// be answered before the original is durable.
/// </summary>
public readonly record struct AppendDecision
{
    private AppendDecision(
        ErrorCode error,
        bool isDuplicate,
        Offset baseOffset,
        Offset end,
        Timestamp logAppendTimestamp,
        Offset logStartOffset,
        string? message)
    {
        Error = error;
        IsDuplicate = isDuplicate;
        BaseOffset = baseOffset;
        End = end;
        LogAppendTimestamp = logAppendTimestamp;
        LogStartOffset = logStartOffset;
        Message = message;
    }

    public ErrorCode Error { get; }

    /// <summary>The producer sent this batch before and it was appended then.</summary>
    public bool IsDuplicate { get; }

    /// <summary>Offset of the batch's first record; -1 if refused.</summary>
    public Offset BaseOffset { get; }

    /// <summary>Offset after the batch's last record; -1 if refused.</summary>
    public Offset End { get; }

    /// <summary>The broker's timestamp if the topic uses LogAppendTime, else <see cref="Timestamp.None"/>.</summary>
    public Timestamp LogAppendTimestamp { get; }

    /// <summary>Log start, as produce responses report it.</summary>
    public Offset LogStartOffset { get; }

    /// <summary>For people: why it was refused and how to mend it; null if it was not.</summary>
    public string? Message { get; }

    /// <summary>The batch is new and may be appended.</summary>
    public bool IsAccepted => Error == ErrorCode.None && !IsDuplicate;

    internal static AppendDecision Accept(Offset baseOffset, Offset end, Timestamp logAppendTimestamp, Offset logStartOffset) =>
        new(ErrorCode.None, false, baseOffset, end, logAppendTimestamp, logStartOffset, null);

    internal static AppendDecision Duplicate(in ProducedBatch original, Offset logStartOffset) =>
        new(ErrorCode.None, true, original.BaseOffset, original.End, original.LogAppendTimestamp, logStartOffset, null);

    internal static AppendDecision Refuse(ErrorCode error, string? message, Offset logStartOffset) =>
        new(error, false, new Offset(-1), new Offset(-1), Timestamp.None, logStartOffset, message);
}
