namespace GrainStream.Runtime.Partitions;

/// <summary>Whether a partition serves.</summary>
public enum PartitionStatus
{
    Open,

    /// <summary>Its topic has been deleted.</summary>
    Deleted,

    /// <summary>Its machine broke an invariant or the journal failed. Stays so until the node starts again and replays.</summary>
    Failed,
}
