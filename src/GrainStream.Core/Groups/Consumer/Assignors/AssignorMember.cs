using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer.Assignors;

/// <summary>What an assignor knows of a member.</summary>
/// <param name="MemberId">Its id, unique in the group.</param>
/// <param name="InstanceId">Name that a static member keeps over restarts (KIP-345); null for a dynamic one.</param>
/// <param name="Topics">The existing topics that it subscribes to, each once. Members that subscribe to the same may share the list.</param>
/// <param name="Current">What was meant for it so far; may hold topics that it no longer subscribes to, and partitions that are gone.</param>
public sealed record AssignorMember(string MemberId, string? InstanceId, IReadOnlyList<TopicId> Topics, PartitionSet Current);
