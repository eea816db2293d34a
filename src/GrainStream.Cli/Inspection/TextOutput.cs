using System.Globalization;
using System.Text;
using GrainStream.Core;

namespace GrainStream.Cli.Inspection;

/// <summary>Tables for people: columns as wide as usually needed, since rows are printed as they come.</summary>
internal sealed class TextOutput(TextWriter writer) : InspectionOutput
{
    private const int FactWidth = 16;

    private Table? _table;
    private bool _hasPrinted;

    /// <inheritdoc/>
    public override void Facts(string type, params ReadOnlySpan<(string Name, object? Value)> facts)
    {
        Separate();
        writer.Write(char.ToUpperInvariant(type[0]));
        writer.WriteLine(type[1..]);
        foreach ((string name, object? value) in facts)
        {
            writer.Write("  ");
            writer.Write(name.PadRight(FactWidth));
            writer.Write("  ");
            writer.WriteLine(TextOf(value));
        }
    }

    /// <inheritdoc/>
    public override void Row(Table table, params ReadOnlySpan<object?> cells)
    {
        StringBuilder line = new();
        if (_table != table)
        {
            // Rows below a row of another table do not repeat their head: it would be as long as they are.
            if (table.Indent == 0)
            {
                Separate();
            }

            foreach (Column column in table.Indent == 0 ? table.Columns : [])
            {
                Append(line, column, column.Name.ToUpperInvariant());
            }

            if (line.Length > 0)
            {
                writer.WriteLine(line.ToString().TrimEnd());
                line.Clear();
            }

            _table = table.Indent == 0 ? table : _table;
        }

        line.Append(' ', table.Indent);
        for (int i = 0; i < cells.Length; i++)
        {
            Append(line, table.Columns[i], TextOf(cells[i]));
        }

        writer.WriteLine(line.ToString().TrimEnd());
        _hasPrinted = true;
    }

    /// <inheritdoc/>
    public override void Finding(Finding finding)
    {
        Separate();
        string label = finding.Severity switch { Severity.Damage => "DAMAGED", Severity.Unknown => "UNKNOWN", _ => "note" };
        string at = finding.Position is { } position ? string.Create(CultureInfo.InvariantCulture, $", byte {position}") : "";
        writer.WriteLine($"{label}  {finding.Place}{at}: {finding.What}");
        if (finding.Mend.Length > 0)
        {
            writer.WriteLine($"    {finding.Mend}");
        }
    }

    /// <inheritdoc/>
    public override void Summary(string verdict, int damaged, int unknown, int notes, string seen) => writer.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{verdict}: {damaged} damaged, {unknown} not known, {notes} notes; {seen}"));

    /// <inheritdoc/>
    public override void Note(string text)
    {
        Separate();
        writer.WriteLine(text);
    }

    private static void Append(StringBuilder line, Column column, string text)
    {
        line.Append(column.Width < 0 ? text.PadRight(-column.Width) : text.PadLeft(column.Width)).Append("  ");
    }

    private static string TextOf(object? value) => value switch
    {
        null => "-",
        bool flag => flag ? "yes" : "no",
        Timestamp { UnixMs: < 0 } => "-",
        Timestamp time => TimeOf(time.UnixMs),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "-",
    };

    // Producers choose timestamps, and may choose one that no calendar has.
    private static string TimeOf(long unixMs) => unixMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : unixMs.ToString(CultureInfo.InvariantCulture);

    private void Separate()
    {
        if (_hasPrinted && _table is not null)
        {
            writer.WriteLine();
        }

        _table = null;
        _hasPrinted = true;
    }
}
