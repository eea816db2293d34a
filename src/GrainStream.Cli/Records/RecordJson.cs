using System.Text;
using System.Text.Json;
using GrainStream.Client;
using GrainStream.Client.Consuming;
using GrainStream.Client.Producing;

namespace GrainStream.Cli.Records;

/// <summary>
/// Records as JSON lines: what <c>consume --json</c> prints and <c>produce --input-format json</c> reads. Keys and values are text where they are UTF-8; otherwise
/// <c>keyBase64</c> and <c>valueBase64</c> stand in their place.
/// </summary>
internal static class RecordJson
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is printed.</summary>
    public static Dictionary<string, object?> Of(ConsumedRecord record)
    {
        Dictionary<string, object?> json = new(StringComparer.Ordinal)
        {
            ["topic"] = record.Partition.Topic,
            ["partition"] = record.Partition.Partition,
            ["offset"] = record.Offset,
            ["timestamp"] = record.TimestampMs,
        };
        Put(json, "key", record.Key);
        Put(json, "value", record.Value);
        json["headers"] = record.Headers.Select(header =>
        {
            Dictionary<string, object?> one = new(StringComparer.Ordinal) { ["key"] = header.Key };
            Put(one, "value", header.Value);
            return one;
        });
        return json;
    }

    /// <summary>A record to produce.</summary>
    /// <exception cref="FormatException">The line is none.</exception>
    public static OutgoingRecord Parse(string topic, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("it is no JSON object");
            }

            return new OutgoingRecord(topic)
            {
                Key = Get(json, "key"),
                Value = Get(json, "value"),
                Timestamp = json.TryGetProperty("timestamp", out JsonElement time) && time.ValueKind == JsonValueKind.Number && time.GetInt64() >= 0
                    ? DateTimeOffset.FromUnixTimeMilliseconds(time.GetInt64())
                    : null,
                Headers = json.TryGetProperty("headers", out JsonElement headers) && headers.ValueKind == JsonValueKind.Array
                    ? [.. headers.EnumerateArray().Select(header => new MessageHeader(header.GetProperty("key").GetString() ?? "", Get(header, "value")))]
                    : [],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static void Put(Dictionary<string, object?> json, string name, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } some)
        {
            json[name] = null;
            return;
        }

        try
        {
            json[name] = Strict.GetString(some.Span);
        }
        catch (DecoderFallbackException)
        {
            json[name + "Base64"] = Convert.ToBase64String(some.Span);
        }
    }

    private static ReadOnlyMemory<byte>? Get(JsonElement json, string name)
    {
        if (json.TryGetProperty(name + "Base64", out JsonElement base64) && base64.ValueKind == JsonValueKind.String)
        {
            return base64.GetBytesFromBase64();
        }

        if (!json.TryGetProperty(name, out JsonElement text) || text.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        // A value that is JSON itself is taken as it is written.
        return Encoding.UTF8.GetBytes(text.ValueKind == JsonValueKind.String ? text.GetString()! : text.GetRawText());
    }
}
