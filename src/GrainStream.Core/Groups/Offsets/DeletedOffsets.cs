using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Offsets;

/// <summary>What became of offsets that were to be forgotten.</summary>
/// <param name="Error">Of the request as a whole; then nothing is forgotten.</param>
/// <param name="Partitions">Of each partition, in the order asked for.</param>
public sealed record DeletedOffsets(ErrorCode Error, IReadOnlyList<ErrorCode> Partitions);
