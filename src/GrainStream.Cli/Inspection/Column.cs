namespace GrainStream.Cli.Inspection;

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Name">In words; for machines they are joined in camel case.</param>
/// <param name="Width">Characters it usually needs; wider cells move the rest of their row. Rows are printed as they come, so it cannot be measured. Negative:
/// aligned to the left.</param>
internal sealed record Column(string Name, int Width);
