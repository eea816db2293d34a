using GrainStream.Protocol;

namespace GrainStream.Runtime.Reading;

/// <summary>What a reader gets of one partition.</summary>
/// <param name="Error">Why there is nothing to read, or <see cref="ErrorCode.None"/>.</param>
/// <param name="LogStartOffset">First offset that can be read; -1 if unknown.</param>
/// <param name="HighWatermark">Offset after the last that can be read; -1 if unknown.</param>
/// <param name="Records">Whole batches from the one that holds the asked offset on; null if there are none. The receiver disposes it.</param>
public readonly record struct PartitionRead(ErrorCode Error, long LogStartOffset, long HighWatermark, RecordsPayload? Records)
{
    /// <summary>Bytes of <see cref="Records"/>.</summary>
    public int Bytes => Records?.Length ?? 0;
}
