namespace GrainStream.Cli.Inspection;

/// <summary>Rows of one kind.</summary>
/// <param name="Type">What a row is, for machines: frame, batch, record.</param>
/// <param name="Indent">Blanks before each row, where rows of one table stand below one of another.</param>
/// <param name="Columns">Its columns, in order.</param>
internal sealed record Table(string Type, int Indent, params Column[] Columns);
