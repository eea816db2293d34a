namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>Something that is not as the journal writes it.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="File">Full name of the file; of the one that should be there, if it is missing.</param>
/// <param name="Offset">The first byte of the file that is concerned.</param>
/// <param name="What">A sentence.</param>
public sealed record JournalFinding(JournalFindingKind Kind, string File, long Offset, string What)
{
    public override string ToString() => $"{Kind}: {File}, byte {Offset}: {What}";
}
