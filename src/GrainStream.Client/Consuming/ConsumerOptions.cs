namespace GrainStream.Client.Consuming;

/// <summary>How a consumer reads.</summary>
public record ConsumerOptions
{
    /// <summary>How long a broker may wait for <see cref="FetchMinBytes"/>; Kafka's default of 500 ms.</summary>
    public TimeSpan FetchMaxWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes worth an answer; 1 answers as soon as there is anything.</summary>
    public int FetchMinBytes { get; init; } = 1;

    /// <summary>Bytes of one response at most, except that a first batch comes whole; Kafka's default of 50 MiB.</summary>
    public int FetchMaxBytes { get; init; } = 50 << 20;

    /// <summary>Bytes of one partition in a response at most, except that a first batch comes whole; Kafka's default of 1 MiB.</summary>
    public int PartitionMaxBytes { get; init; } = 1 << 20;

    /// <summary>Responses of one partition that are read ahead; the memory used is bounded by it.</summary>
    public int ReadAhead { get; init; } = 2;

    /// <summary>Records that one poll returns at most; Kafka's default of 500.</summary>
    public int MaxPollRecords { get; init; } = 500;

    /// <summary>What to do when an offset is not there.</summary>
    public OffsetReset OffsetReset { get; init; } = OffsetReset.Earliest;

    /// <summary>Whether records of transactions that are undecided or aborted are left out.</summary>
    public bool ReadCommitted { get; init; }
}
