using System.Text;

namespace GrainStream.Client.Consuming;

/// <summary>A record as it was read. Its bytes are its own; they may be kept.</summary>
public sealed class ConsumedRecord
{
    internal ConsumedRecord(
        TopicPartition partition, long offset, long timestampMs, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, IReadOnlyList<MessageHeader> headers)
    {
        Partition = partition;
        Offset = offset;
        TimestampMs = timestampMs;
        Key = key;
        Value = value;
        Headers = headers;
    }

    /// <summary>Where it came from.</summary>
    public TopicPartition Partition { get; }

    public long Offset { get; }

    /// <summary>Unix milliseconds, of the producer or the broker as the topic is set; -1 if there is none.</summary>
    public long TimestampMs { get; }

    /// <summary>Null if it has none.</summary>
    public ReadOnlyMemory<byte>? Key { get; }

    /// <summary>Null marks the key as deleted in a compacted topic.</summary>
    public ReadOnlyMemory<byte>? Value { get; }

    public IReadOnlyList<MessageHeader> Headers { get; }

    /// <summary>The value as UTF-8; null if it has none.</summary>
    public string? ValueText => Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>The key as UTF-8; null if it has none.</summary>
    public string? KeyText => Key is { } key ? Encoding.UTF8.GetString(key.Span) : null;
}
