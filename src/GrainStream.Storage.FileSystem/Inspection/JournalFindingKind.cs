namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>What a finding means.</summary>
public enum JournalFindingKind
{
    /// <summary>Bytes that had been on stable storage are wrong or gone: a node refuses to start from this.</summary>
    Damage,

    /// <summary>A write that a crash cut short, or that is going on just now: nothing of it was acknowledged as synced.</summary>
    Unfinished,

    /// <summary>Not zero where nothing is stored. Nothing is lost, but something else wrote there, or the disk is failing.</summary>
    Stray,
}
