using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>Where a leader epoch ends in a log: the answer of OffsetForLeaderEpoch (KIP-101, KIP-320).</summary>
/// <param name="Epoch">The greatest epoch at or below the one asked for; -1 if unknown.</param>
/// <param name="EndOffset">Offset after that epoch's last record; -1 if unknown.</param>
public readonly record struct EpochEndOffset(LeaderEpoch Epoch, Offset EndOffset)
{
    /// <summary>The epoch asked for is newer than any this log knows, or the log knows none.</summary>
    public static readonly EpochEndOffset Unknown = new(new LeaderEpoch(-1), new Offset(-1));
}
