using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Offsets;

/// <summary>How far a group has come.</summary>
/// <param name="Error">Of the request as a whole; then there are no offsets.</param>
/// <param name="Offsets">In the order asked for; if all were asked for, in order of topic id and partition.</param>
public sealed record FetchedOffsets(ErrorCode Error, IReadOnlyList<FetchedOffset> Offsets);
