namespace GrainStream.Tiering.Tests.Support;

/// <summary>Steps at which the power may go.</summary>
internal enum CrashKind
{
    /// <summary>Before a call of the object store.</summary>
    BeforeStore,

    /// <summary>After the store has done it, before its answer.</summary>
    AfterStore,

    /// <summary>Before a call of the journal's disk: a write, a sync, a file made or deleted; of what was written since the last sync any part may be there.</summary>
    Disk,
}
