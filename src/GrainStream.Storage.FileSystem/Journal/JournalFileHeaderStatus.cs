namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>What the first block of a journal file turned out to be.</summary>
internal enum JournalFileHeaderStatus
{
    Valid,

    /// <summary>Not a head: torn, overwritten, or never written.</summary>
    Invalid,

    /// <summary>A whole head of a format this version does not read.</summary>
    OtherFormat,
}
