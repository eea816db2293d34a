namespace GrainStream.Core.Groups.Offsets;

/// <summary>A commit: one request, one event.</summary>
/// <param name="MemberId">Empty from who is no member.</param>
/// <param name="GenerationOrMemberEpoch">Generation (classic) or member epoch (consumer protocol) of the member; -1 from who is no member.</param>
/// <param name="InstanceId">Name of a static member; null for a dynamic one.</param>
/// <param name="Version">The request's version: which errors a client understands depends on it.</param>
/// <param name="RetentionMs">Milliseconds for which the client wants the offsets kept; null for the broker's setting.</param>
/// <param name="Offsets">The offsets.</param>
public sealed record CommitOffsets(
    string MemberId,
    int GenerationOrMemberEpoch,
    string? InstanceId,
    short Version,
    long? RetentionMs,
    IReadOnlyList<OffsetToCommit> Offsets);
