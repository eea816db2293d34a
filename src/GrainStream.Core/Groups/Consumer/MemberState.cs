namespace GrainStream.Core.Groups.Consumer;

/// <summary>Where a member stands between what it owns and what it is to own. Values are on disk.</summary>
internal enum MemberState : sbyte
{
    /// <summary>It owns what it was to own at its member epoch.</summary>
    Stable = 0,

    /// <summary>It has been told to give partitions up and has not said that it did.</summary>
    UnrevokedPartitions = 1,

    /// <summary>It has reached the target's epoch, but others have not given up all that it is to own.</summary>
    UnreleasedPartitions = 2,
}
