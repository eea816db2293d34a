using GrainStream.Runtime.Tiering.Compaction;

namespace GrainStream.Runtime.Tiering;

/// <summary>How a node moves its log to the object store. Configuration section <c>GrainStream:Storage</c>.</summary>
public sealed record TieringOptions
{
    /// <summary>
    /// Largest segment the node makes, whatever a topic's segment.bytes. Default 64 MiB: eight blocks of an upload. At least 1 byte: a segment holds one
    /// batch at least.
    /// </summary>
    public long MaxSegmentBytes { get; init; } = 64L << 20;

    /// <summary>Operations on the store at a time, of different partitions. Default 2: each has 16 MiB of buffers, and one keeps a disk or a network busy. At least 1.</summary>
    public int MaxConcurrentUploads { get; init; } = 2;

    /// <summary>Tails from this size on are uploaded when the node stops; smaller ones stay in its journal. Default 8 MiB. At least 1.</summary>
    public long ShutdownUploadBytes { get; init; } = 8L << 20;

    /// <summary>Longest time that stopping spends on uploads. Default 10 s: most supervisors kill after 30. Zero: none.</summary>
    public TimeSpan ShutdownLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for the store when the node starts; later it serves from its journal and goes on trying. Default 10 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the store is searched for objects that nothing names, left by crashes. Default a day: two calls per partition.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Memory for stretches of segments that are being read, and were read of late. Default 48 MiB. At least 16 MiB.</summary>
    public long CacheBytes { get; init; } = 48L << 20;

    /// <summary>Bytes of recent journal kept in memory: the journal's setting, which decides from where uploads read.</summary>
    public long JournalMemoryBytes { get; init; } = 192L << 20;

    /// <summary>How compacted topics are compacted.</summary>
    public CompactionOptions Compaction { get; init; } = new();

    /// <summary>
    /// Whether the journal may have lost its end because its damage was accepted. Then the store is asked at the start where each partition goes on, so that no offset
    /// is given twice. Default false.
    /// </summary>
    public bool JournalMayBeCut { get; init; }

    /// <summary>Refuses values that cannot work.</summary>
    /// <exception cref="ArgumentException">Says which option, what it is, and what it may be.</exception>
    public void Validate()
    {
        Require(MaxSegmentBytes >= 1, $"GrainStream:Storage:MaxSegmentBytes is {MaxSegmentBytes}; it must be at least 1.");
        Require(MaxConcurrentUploads >= 1, $"GrainStream:Storage:MaxConcurrentUploads is {MaxConcurrentUploads}; it must be at least 1.");
        Require(CacheBytes >= 16L << 20, $"GrainStream:Storage:CacheBytes is {CacheBytes}; it must be at least 16 MiB.");
        Require(ShutdownUploadBytes >= 1, $"GrainStream:Storage:ShutdownUploadBytes is {ShutdownUploadBytes}; it must be at least 1.");
        Require(SweepInterval > TimeSpan.Zero, $"GrainStream:Storage:SweepInterval is {SweepInterval}; it must be more than zero.");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
