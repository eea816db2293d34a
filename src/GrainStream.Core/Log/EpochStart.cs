using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>Where a leader epoch began in a partition's log.</summary>
public readonly record struct EpochStart(LeaderEpoch Epoch, Offset Start);
