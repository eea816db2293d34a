using GrainStream.Runtime.Inspection;

namespace GrainStream.Cli.Inspection;

/// <summary>What findings in an object store mean to an operator.</summary>
internal static class StoreFindings
{
    private const string Contradiction =
        "Were data directory and object store restored from copies of different times, or is this another server's store? Restore both from copies of the same time, "
        + "the object store not older than the data directory.";

    private const string Unreadable = "Whether it is damaged is not known. Try again when the object store answers.";

    private const string Unreferenced =
        "Nothing is lost. A crash left it, or it is just being written or deleted; a running server removes what stays so. Delete nothing by hand.";

    private const string Foreign = "Somebody else put it there. The server leaves it alone; keep other things elsewhere.";

    private const string Marker = "The server will not start with this store. Put the object back from a copy, or name the right store (GrainStream:Storage).";

    /// <summary>The finding in the words of all findings.</summary>
    /// <param name="finding">As the check made it.</param>
    /// <param name="place">Where people find the object: its file, or its name in a container.</param>
    public static Finding Of(StoreFinding finding, string place)
    {
        (Severity severity, string mend) = finding.Kind switch
        {
            StoreFindingKind.Damaged => (Severity.Damage, MendOf(finding.ObjectKind)),
            StoreFindingKind.Contradictory => (Severity.Damage, Contradiction),
            StoreFindingKind.Unreadable => (Severity.Unknown, Unreadable),
            StoreFindingKind.Unreferenced => (Severity.Note, Unreferenced),
            _ => (Severity.Note, Foreign),
        };
        return new Finding(severity, place, severity == Severity.Note ? null : finding.Position, finding.What, mend);
    }

    private static string MendOf(StoredObjectKind kind) => kind switch
    {
        StoredObjectKind.Marker => Marker,
        StoredObjectKind.Manifest => ManifestDump.Mend,
        StoredObjectKind.Page => PageDump.Mend,
        _ => SegmentDump.Mend,
    };
}
