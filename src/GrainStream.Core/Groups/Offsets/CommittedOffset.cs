using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Offsets;

/// <summary>How far a group has come in a partition. Immutable.</summary>
/// <param name="Offset">Offset of the next record to read.</param>
/// <param name="LeaderEpoch">Epoch of the record before it (KIP-320); -1 if unknown.</param>
/// <param name="Metadata">Whatever the client keeps with it; empty for nothing.</param>
/// <param name="CommittedAt">When it was committed.</param>
/// <param name="ExpireAt">Until when the client wants it kept; <see cref="Timestamp.None"/> for the broker's setting.</param>
public sealed record CommittedOffset(Offset Offset, int LeaderEpoch, string Metadata, Timestamp CommittedAt, Timestamp ExpireAt);
