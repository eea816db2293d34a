namespace GrainStream.Runtime.Reading;

/// <summary>What came of reading a partition's tail.</summary>
internal enum TailReadOutcome
{
    /// <summary>No batch within the limits.</summary>
    Nothing,

    /// <summary>At least one batch.</summary>
    Found,

    /// <summary>The wanted offset lies below what the tail's index covers: it is in segments, or below the log start.</summary>
    BelowTail,
}
