namespace GrainStream.Client.Grouping;

/// <summary>What a member of a group proves itself by.</summary>
/// <param name="MemberId">As the coordinator knows it.</param>
/// <param name="GenerationOrEpoch">Generation of the classic protocol, member epoch of the consumer protocol.</param>
/// <param name="InstanceId">Null for a dynamic member.</param>
/// <param name="IsOfConsumerProtocol">Which of the protocols.</param>
internal sealed record MemberIdentity(string MemberId, int GenerationOrEpoch, string? InstanceId, bool IsOfConsumerProtocol);
