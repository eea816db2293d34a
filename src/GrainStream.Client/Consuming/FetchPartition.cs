namespace GrainStream.Client.Consuming;

/// <summary>A partition while it is assigned. Assigned again, it has another one, so that what is left of the first is recognised.</summary>
internal sealed class FetchPartition(TopicPartition partition, long start)
{
    public TopicPartition Partition => partition;

    /// <summary>Offset to fetch next. The fetcher's alone.</summary>
    public long FetchOffset { get; set; } = start;

    /// <summary>Offset after the last record that was given to the application. The poller's alone to write.</summary>
    public long Position { get; set; } = start;

    /// <summary>Offset after the last committed record when it was last fetched; -1 before.</summary>
    public long HighWatermark { get; set; } = -1;

    /// <summary>Chunks fetched and not yet given to the application. By <see cref="Interlocked"/>.</summary>
    public int Waiting;

    /// <summary>A request for it is under way. The fetcher's alone.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>Nothing is fetched while the application wants no more of it.</summary>
    public volatile bool IsPaused;

    /// <summary>It is no longer assigned.</summary>
    public volatile bool IsRevoked;

    /// <summary>Failures in a row. The fetcher's alone.</summary>
    public int Failures { get; set; }

    /// <summary>Time stamp of the first of them.</summary>
    public long FailingSince { get; set; }

    /// <summary>Time stamp of the last of them.</summary>
    public long LastFailureAt { get; set; }
}
