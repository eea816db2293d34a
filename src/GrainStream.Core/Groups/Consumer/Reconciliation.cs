using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// Takes a member towards what it is to own, one step for one heartbeat (KIP-848). First it gives up what it is not to own, and stays at its epoch until it says so. Then it comes to the
/// target's epoch and is given what is free; what others still own, it is given at a later heartbeat. So no partition ever has two owners.
/// <code>
///            target changes                 owns none of them any more
///   Stable ------------------> Unrevoked ------------------------------+
///     ^  \ nothing to give up                                          v
///     |   +------------------------------------------------> at the target's epoch
///     |                                                        |       |
///     |  all that it is to own is its own                      |       | some is still others'
///     +--------------------------------------------------------+       v
///     ^-------------------------------------------------------- Unreleased
/// </code>
/// </summary>
/// <param name="AssignmentEpoch">Epoch of the target.</param>
/// <param name="Target">What the member is to own.</param>
/// <param name="Owned">What the member says it has; null if it does not say.</param>
/// <param name="IsFree">Whether no other member has, or may still have, a partition.</param>
internal sealed record Reconciliation(int AssignmentEpoch, PartitionSet Target, PartitionSet? Owned, Func<PartitionId, bool> IsFree)
{
    /// <summary>Where the member stands after this step; the same object if there is no step to take.</summary>
    public MemberPosition Next(MemberPosition position)
    {
        if (position.IsReconciledTo(AssignmentEpoch))
        {
            return position;
        }

        if (position.State != MemberState.UnrevokedPartitions)
        {
            return Step(position, position.Epoch);
        }

        // It has given up what it was to give up at its epoch; the target may have moved on meanwhile, so it goes one epoch further, and from there on.
        return HasRevoked(position.PendingRevocation) ? Step(position, position.Epoch + 1) : position;
    }

    private MemberPosition Step(MemberPosition position, int epoch)
    {
        PartitionSet kept = position.Assigned.Intersect(Target);
        PartitionSet toRevoke = position.Assigned.Except(Target);
        if (!toRevoke.IsEmpty && !HasRevoked(toRevoke))
        {
            return Same(position, position.At(epoch, MemberState.UnrevokedPartitions, kept, toRevoke));
        }

        PartitionSet wanted = Target.Except(kept);
        PartitionSet given = wanted.IsEmpty ? wanted : PartitionSet.Of(wanted.Where(IsFree));
        MemberState state = given.Count == wanted.Count ? MemberState.Stable : MemberState.UnreleasedPartitions;
        return Same(position, position.At(AssignmentEpoch, state, kept.Union(given), PartitionSet.Empty));
    }

    private bool HasRevoked(PartitionSet partitions) => Owned is not null && !Owned.Overlaps(partitions);

    private static MemberPosition Same(MemberPosition before, MemberPosition after) => after == before ? before : after;
}
