using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using GrainStream.Core;

namespace GrainStream.Cli.Inspection;

/// <summary>
/// One JSON object on each line, the first property saying what it is: <c>{"type":"batch","baseOffset":0,...}</c>. Times are Unix milliseconds.
/// </summary>
internal sealed class JsonOutput(TextWriter writer) : InspectionOutput
{
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <inheritdoc/>
    public override void Facts(string type, params ReadOnlySpan<(string Name, object? Value)> facts)
    {
        using Utf8JsonWriter json = Begin(type);
        foreach ((string name, object? value) in facts)
        {
            Write(json, name, value);
        }

        End(json);
    }

    /// <inheritdoc/>
    public override void Row(Table table, params ReadOnlySpan<object?> cells)
    {
        using Utf8JsonWriter json = Begin(table.Type);
        for (int i = 0; i < cells.Length; i++)
        {
            Write(json, table.Columns[i].Name, cells[i]);
        }

        End(json);
    }

    /// <inheritdoc/>
    public override void Finding(Finding finding) => Facts(
        "finding",
        ("severity", finding.Severity.ToString().ToLowerInvariant()),
        ("place", finding.Place),
        ("byte", finding.Position),
        ("what", finding.What),
        ("mend", finding.Mend));

    /// <inheritdoc/>
    public override void Summary(string verdict, int damaged, int unknown, int notes, string seen) => Facts(
        "summary",
        ("verdict", verdict.ToLowerInvariant()),
        ("damaged", damaged),
        ("unknown", unknown),
        ("notes", notes),
        ("seen", seen));

    /// <inheritdoc/>
    public override void Note(string text) => Facts("note", ("text", text));

    private Utf8JsonWriter Begin(string type)
    {
        _line.ResetWrittenCount();
        Utf8JsonWriter json = new(_line);
        json.WriteStartObject();
        json.WriteString("type", type);
        return json;
    }

    private void End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Flush();
        writer.WriteLine(Encoding.UTF8.GetString(_line.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        json.WritePropertyName(CamelCase(name));
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int or long or short or byte or uint:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case Timestamp time:
                json.WriteNumberValue(time.UnixMs);
                break;
            default:
                json.WriteStringValue(value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString());
                break;
        }
    }

    private static string CamelCase(string name)
    {
        string[] words = name.Split(' ');
        return words[0] + string.Concat(words[1..].Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
