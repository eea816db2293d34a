namespace GrainStream.Cli.Inspection;

/// <summary>
/// Where inspections print: tables for people or JSON lines for machines. Cells and facts are null, bool, int, long, string,
/// <see cref="GrainStream.Core.Timestamp"/>, or anything else, which is printed as its text.
/// </summary>
internal abstract class InspectionOutput
{
    /// <summary>For people or, with <paramref name="json"/>, for machines.</summary>
    public static InspectionOutput To(TextWriter writer, bool json) => json ? new JsonOutput(writer) : new TextOutput(writer);

    /// <summary>A thing and what is to be said about it, such as a file's head.</summary>
    public abstract void Facts(string type, params ReadOnlySpan<(string Name, object? Value)> facts);

    /// <summary>One row; the table's head comes before its first.</summary>
    public abstract void Row(Table table, params ReadOnlySpan<object?> cells);

    /// <summary>Something wrong: where, what it is, and what it means and how to mend it.</summary>
    public abstract void Finding(Finding finding);

    /// <summary>The last line of a check.</summary>
    public abstract void Summary(string verdict, int damaged, int unknown, int notes, string seen);

    /// <summary>A sentence for whoever reads along.</summary>
    public abstract void Note(string text);
}
