using System.Globalization;
using System.Text;
using GrainStream.Cli.Values;
using GrainStream.Client;
using GrainStream.Client.Consuming;

namespace GrainStream.Cli.Records;

/// <summary>Writes records as a template says: text with fields in braces.</summary>
internal sealed class RecordTemplate
{
    /// <summary>What the template knows, for help and errors.</summary>
    public const string Fields = "{topic} {partition} {offset} {timestamp} {time} {key} {value} {headers} {header:NAME}";

    private const string HeaderPrefix = "header:";

    private readonly List<Action<Stream, ConsumedRecord>> _parts = [];

    private RecordTemplate()
    {
    }

    /// <summary>Reads a template; if it cannot be right, <paramref name="problem"/> says why.</summary>
    public static RecordTemplate? TryParse(string text, out string problem)
    {
        RecordTemplate template = new();
        text = ProduceCommand.Unescape(text)!;
        problem = "";
        int at = 0;
        while (at < text.Length)
        {
            int open = text.IndexOf('{', at);
            if (open < 0)
            {
                template.AddText(text[at..]);
                break;
            }

            template.AddText(text[at..open]);
            int close = text.IndexOf('}', open);
            string name = close < 0 ? "" : text[(open + 1)..close];
            if (close < 0 || !template.TryAddField(name))
            {
                problem = close < 0 ? $"A brace is opened and not closed. Fields are {Fields}." : $"There is no field {{{name}}}. There are {Fields}.";
                return null;
            }

            at = close + 1;
        }

        return template;
    }

    /// <summary>Writes one record and a line end.</summary>
    public void Write(Stream output, ConsumedRecord record)
    {
        foreach (Action<Stream, ConsumedRecord> part in _parts)
        {
            part(output, record);
        }

        output.WriteByte((byte)'\n');
    }

    private void AddText(string text)
    {
        if (text.Length > 0)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            _parts.Add((output, _) => output.Write(bytes));
        }
    }

    private bool TryAddField(string name)
    {
        Action<Stream, ConsumedRecord>? part = name switch
        {
            "topic" => (output, record) => Write(output, record.Partition.Topic),
            "partition" => (output, record) => Write(output, Numbers.Plain(record.Partition.Partition)),
            "offset" => (output, record) => Write(output, Numbers.Plain(record.Offset)),
            "timestamp" => (output, record) => Write(output, record.TimestampMs.ToString(CultureInfo.InvariantCulture)),
            "time" => (output, record) => Write(output, Durations.TextOf(record.TimestampMs)),
            "key" => (output, record) => output.Write((record.Key ?? default).Span),
            "value" => (output, record) => output.Write((record.Value ?? default).Span),
            "headers" => WriteHeaders,
            _ when name.StartsWith(HeaderPrefix, StringComparison.Ordinal) => HeaderWriter(name[HeaderPrefix.Length..]),
            _ => null,
        };
        if (part is not null)
        {
            _parts.Add(part);
        }

        return part is not null;
    }

    private static void WriteHeaders(Stream output, ConsumedRecord record)
    {
        for (int i = 0; i < record.Headers.Count; i++)
        {
            Write(output, (i == 0 ? "" : ",") + record.Headers[i].Key + "=");
            output.Write((record.Headers[i].Value ?? default).Span);
        }
    }

    private static Action<Stream, ConsumedRecord> HeaderWriter(string name) => (output, record) =>
    {
        // Where a name repeats, the last counts, as for Kafka's clients.
        MessageHeader header = record.Headers.LastOrDefault(header => header.Key == name);
        output.Write((header.Value ?? default).Span);
    };

    private static void Write(Stream output, string text) => output.Write(Encoding.UTF8.GetBytes(text));
}
