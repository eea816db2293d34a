namespace GrainStream.Core.Groups;

/// <summary>What a group is doing. The names are those that ListGroups and the describe APIs show.</summary>
public enum GroupState
{
    /// <summary>No members; perhaps offsets.</summary>
    Empty,

    /// <summary>Classic: waiting for the members to join again.</summary>
    PreparingRebalance,

    /// <summary>Classic: the members have joined; waiting for the leader's assignment.</summary>
    CompletingRebalance,

    /// <summary>Consumer: members have changed, and no assignment has been made since.</summary>
    Assigning,

    /// <summary>Consumer: members are moving to the assignment made.</summary>
    Reconciling,

    /// <summary>Every member has what it is to have.</summary>
    Stable,

    /// <summary>Deleted.</summary>
    Dead,
}
