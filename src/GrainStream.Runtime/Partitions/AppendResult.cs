using GrainStream.Protocol;

namespace GrainStream.Runtime.Partitions;

/// <summary>What a producer is told of one batch.</summary>
/// <param name="Error"><see cref="ErrorCode.None"/> if the batch is in the log, now or from an earlier try.</param>
/// <param name="BaseOffset">Offset of its first record; -1 with an error.</param>
/// <param name="LogAppendTimestampMs">The broker's time stamped into the batch; -1 where the producer's own stand.</param>
/// <param name="LogStartOffset">The partition's log start; -1 if unknown.</param>
/// <param name="Message">What was wrong and how to mend it, if the error alone does not say.</param>
public readonly record struct AppendResult(
    ErrorCode Error,
    long BaseOffset,
    long LogAppendTimestampMs,
    long LogStartOffset,
    string? Message)
{
    public static AppendResult Refused(ErrorCode error, string? message = null) => new(error, -1, -1, -1, message);
}
