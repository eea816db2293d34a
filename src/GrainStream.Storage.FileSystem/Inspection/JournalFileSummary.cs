using GrainStream.Core.Log;

namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>What one journal file holds.</summary>
/// <param name="File">Full name.</param>
/// <param name="Number">Number in its head; null if it has no valid head.</param>
/// <param name="Base">Journal position of its first byte.</param>
/// <param name="Length">Bytes of the file.</param>
/// <param name="JournalId">The journal it belongs to.</param>
/// <param name="Frames">Intact frames.</param>
/// <param name="FrameBytes">Bytes of them.</param>
/// <param name="Findings">What is not as it should be, in order of place.</param>
public sealed record JournalFileSummary(
    string File,
    long? Number,
    JournalPosition Base,
    long Length,
    Guid JournalId,
    long Frames,
    long FrameBytes,
    IReadOnlyList<JournalFinding> Findings);
