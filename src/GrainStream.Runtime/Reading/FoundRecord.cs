namespace GrainStream.Runtime.Reading;

/// <summary>A record found by its time.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="TimestampMs">Its timestamp, Unix milliseconds.</param>
/// <param name="LeaderEpoch">The epoch it was appended in.</param>
public readonly record struct FoundRecord(long Offset, long TimestampMs, int LeaderEpoch);
