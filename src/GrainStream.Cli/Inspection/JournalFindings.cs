using GrainStream.Storage.FileSystem.Inspection;

namespace GrainStream.Cli.Inspection;

/// <summary>What findings in a journal mean to an operator.</summary>
internal static class JournalFindings
{
    private const string Damage =
        "A server will not start from this. Restore the data directory from a copy; or start once with GrainStream:Journal:AcceptDamage=true, which sets aside "
        + "the journal from there on: records that were acknowledged and are not in segments yet are lost then.";

    private const string Unfinished =
        "A write that a crash cut short, or that is going on just now. Nothing of it was acknowledged; the server cuts it off when it starts. Nothing is to be done.";

    private const string Stray =
        "Nothing is stored there, so nothing is lost. But somebody else wrote there, or the disk fails: look at the system's log.";

    /// <summary>A server has used the data directory, and there is no journal.</summary>
    public static Finding Missing(string folder) => new(
        Severity.Damage,
        folder,
        null,
        "There is no journal file, though a server has used this data directory.",
        "Topics and what is not in segments yet are known to the journal alone. Restore the data directory from a copy.");

    /// <summary>The finding in the words of all findings.</summary>
    public static Finding Of(JournalFinding finding) => finding.Kind switch
    {
        JournalFindingKind.Damage => new Finding(Severity.Damage, finding.File, finding.Offset, finding.What, Damage),
        JournalFindingKind.Unfinished => new Finding(Severity.Note, finding.File, finding.Offset, finding.What, Unfinished),
        _ => new Finding(Severity.Note, finding.File, finding.Offset, finding.What, Stray),
    };
}
