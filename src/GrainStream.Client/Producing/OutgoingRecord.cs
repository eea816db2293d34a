namespace GrainStream.Client.Producing;

/// <summary>A record to be produced. Its bytes are copied when it is taken in.</summary>
/// <param name="Topic">Where to.</param>
public sealed record OutgoingRecord(string Topic)
{
    /// <summary>Decides the partition, and what compaction keeps; null for none.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>Null marks the key as deleted in a compacted topic.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    public IReadOnlyList<MessageHeader> Headers { get; init; } = [];

    /// <summary>Null for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Null: by the key as Java clients do (murmur2), or without a key one partition after the other, a batch each.</summary>
    public int? Partition { get; init; }
}
