using GrainStream.Core.Log;

namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>What the verification of a whole journal came to.</summary>
/// <param name="Directory">Where its files are.</param>
/// <param name="Files">Its files, oldest first.</param>
/// <param name="Start">Where the journal says that it begins: files that lie wholly below may be missing.</param>
/// <param name="Findings">Everything that is not as it should be, in order of place; those of the files included.</param>
public sealed record JournalVerification(
    string Directory, IReadOnlyList<JournalFileSummary> Files, JournalPosition Start, IReadOnlyList<JournalFinding> Findings)
{
    /// <summary>Whether a node would start from it.</summary>
    public bool IsSound => Findings.All(static finding => finding.Kind != JournalFindingKind.Damage);
}
