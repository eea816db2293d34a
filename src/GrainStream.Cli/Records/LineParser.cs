using System.Text;
using GrainStream.Client;
using GrainStream.Client.Producing;

namespace GrainStream.Cli.Records;

/// <summary>Makes records of lines.</summary>
/// <param name="Topic">Where to.</param>
/// <param name="KeySeparator">What stands between key and value; null if lines have no key.</param>
/// <param name="NullMarker">A value that means null; null if none does.</param>
/// <param name="Key">Key of every record; null for none.</param>
/// <param name="Headers">Headers of every record.</param>
/// <param name="Partition">Partition of every record; null to leave it to the key.</param>
/// <param name="IsJson">Lines are as <c>consume --json</c> prints them.</param>
internal sealed record LineParser(
    string Topic, string? KeySeparator, string? NullMarker, string? Key, IReadOnlyList<MessageHeader> Headers, int? Partition, bool IsJson)
{
    /// <summary>The record of a line.</summary>
    /// <exception cref="CommandFailedException">The line is not what was announced.</exception>
    public OutgoingRecord Parse(string line, long number)
    {
        if (IsJson)
        {
            try
            {
                OutgoingRecord parsed = RecordJson.Parse(Topic, line);
                return parsed with { Partition = Partition, Headers = [.. parsed.Headers, .. Headers] };
            }
            catch (FormatException e)
            {
                throw new CommandFailedException(ExitCode.Failed, $"Line {number} is no record as \"consume --json\" prints it: {e.Message} The lines before it were sent.");
            }
        }

        string? key = Key;
        string value = line;
        if (KeySeparator is not null)
        {
            int at = line.IndexOf(KeySeparator, StringComparison.Ordinal);
            if (at < 0)
            {
                throw new CommandFailedException(
                    ExitCode.Failed, $"Line {number} has no \"{KeySeparator}\" between key and value. The lines before it were sent.");
            }

            (key, value) = (line[..at], line[(at + KeySeparator.Length)..]);
        }

        return new OutgoingRecord(Topic)
        {
            Key = BytesOf(key),
            Value = BytesOf(value == NullMarker ? null : value),
            Headers = Headers,
            Partition = Partition,
        };
    }

    // A conditional expression of bytes and null would be an array, and a null array becomes empty memory on its way.
    private static ReadOnlyMemory<byte>? BytesOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return Encoding.UTF8.GetBytes(text);
    }
}
