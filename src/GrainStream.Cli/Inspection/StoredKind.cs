namespace GrainStream.Cli.Inspection;

/// <summary>What a file is, by its own bytes.</summary>
internal enum StoredKind
{
    /// <summary>None of those below, or damaged where it says what it is.</summary>
    Unknown,
    Journal,
    Segment,
    Manifest,
    Page,
}
