namespace GrainStream.Runtime.Tiering;

/// <summary>How an operation on a partition's segments ended.</summary>
internal enum TierOutcome
{
    /// <summary>It did what it was to do, or there was nothing to do.</summary>
    Done,

    /// <summary>The store or the disk did not let it; the partition rests before the next try.</summary>
    Failed,

    /// <summary>The node is stopping, or the partition no longer serves.</summary>
    Cancelled,
}
