using GrainStream.Protocol;

namespace GrainStream.Runtime.Groups;

/// <summary>What became of a request to a group.</summary>
/// <param name="Refusal">Why the machine has not answered; None if it has.</param>
/// <param name="IsGone">The group was deleted meanwhile: one of the same name may be there, or be created.</param>
/// <param name="Response">The machine's answer.</param>
internal readonly record struct GroupReply<TResponse>(ErrorCode Refusal, bool IsGone, TResponse? Response);
