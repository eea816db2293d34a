namespace GrainStream.Cli.Inspection;

/// <summary>Something that a check found.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Place">The file or object.</param>
/// <param name="Position">Byte of it; null where it is the whole.</param>
/// <param name="What">What is wrong there, a sentence.</param>
/// <param name="Mend">What it means and what can be done, in sentences.</param>
internal sealed record Finding(Severity Severity, string Place, long? Position, string What, string Mend);
