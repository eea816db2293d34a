namespace GrainStream.Runtime.Inspection;

/// <summary>What a <see cref="StoreFinding"/> means.</summary>
public enum StoreFindingKind
{
    /// <summary>Bytes are not those that were stored, objects contradict each other, or one that is named is not there. Nothing of it is served.</summary>
    Damaged,

    /// <summary>Journal and object store do not fit together.</summary>
    Contradictory,

    /// <summary>The store did not answer: whether anything is wrong is not known.</summary>
    Unreadable,

    /// <summary>No manifest names the object: a crash left it, or it is being written or about to be deleted just now. A running server removes it.</summary>
    Unreferenced,

    /// <summary>No object of this broker's.</summary>
    Foreign,
}
