using GrainStream.Core.Log;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>What recovery found, and where the journal goes on.</summary>
/// <param name="JournalId">Stable for a directory.</param>
/// <param name="Files">At least one; the last is the one to go on in.</param>
/// <param name="Next">The file after the last, if an earlier run had made it ahead.</param>
/// <param name="End">Where the next frame goes.</param>
/// <param name="LastBlock">What is on disk in the block that <paramref name="End"/> is in, up to it.</param>
/// <param name="Frames">Frames replayed.</param>
/// <param name="Bytes">Bytes of them.</param>
/// <param name="FrontLost">
/// Whether files are missing before the first, as the operator accepts: to be noted, or it would be damage at the next start again.
/// </param>
internal sealed record RecoveredJournal(
    Guid JournalId,
    IReadOnlyList<JournalFile> Files,
    JournalFile? Next,
    JournalPosition End,
    byte[] LastBlock,
    long Frames,
    long Bytes,
    bool FrontLost);
