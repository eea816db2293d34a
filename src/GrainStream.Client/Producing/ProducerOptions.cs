using GrainStream.Protocol.Records;

namespace GrainStream.Client.Producing;

/// <summary>How a producer batches, sends and retries.</summary>
public sealed record ProducerOptions
{
    /// <summary>Who must have a record before it counts as delivered.</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary>Whether brokers recognise records that are sent twice (KIP-98). Takes effect with <see cref="Acks.All"/> alone, which it needs.</summary>
    public bool IsIdempotent { get; init; } = true;

    /// <summary>How long a record may wait for others to share a batch with; 5 ms, as in Kafka 4.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Size at which a batch is sent at once, before compression; just below the default of max.message.bytes. A larger record has a batch of its own.</summary>
    public int BatchBytes { get; init; } = 1_000_000;

    /// <summary>Records that may wait to be delivered, in bytes; beyond it, producing waits. 32 MiB, Kafka's default.</summary>
    public long BufferBytes { get; init; } = 32 << 20;

    /// <summary>Batches of several partitions go in one request up to this size.</summary>
    public int RequestBytes { get; init; } = 8 << 20;

    /// <summary>How batches are compressed.</summary>
    public CompressionType Compression { get; init; } = CompressionType.None;

    /// <summary>How long delivering a record is tried, from when it was taken in; Kafka's default of 2 minutes.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
