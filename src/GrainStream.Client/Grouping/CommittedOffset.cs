namespace GrainStream.Client.Grouping;

/// <summary>How far a group has come in a partition.</summary>
/// <param name="Offset">Offset of the next record to read.</param>
/// <param name="LeaderEpoch">Epoch of the record before it; -1 if unknown.</param>
/// <param name="Metadata">What the consumer kept with it; empty if nothing.</param>
public sealed record CommittedOffset(long Offset, int LeaderEpoch = -1, string Metadata = "");
