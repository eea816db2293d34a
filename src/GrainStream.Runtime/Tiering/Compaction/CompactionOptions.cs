namespace GrainStream.Runtime.Tiering.Compaction;

/// <summary>How a node compacts. Configuration section <c>GrainStream:Compaction</c>.</summary>
public sealed record CompactionOptions
{
    /// <summary>Least that <see cref="MapBytes"/> counts as: 32,768 keys.</summary>
    public const long MinMapBytes = 1L << 20;

    /// <summary>Most that <see cref="MapBytes"/> counts as: a billion keys, about the longest array.</summary>
    public const long MaxMapBytes = 32L << 30;

    /// <summary>
    /// Memory for the keys of one pass, 24 bytes for each at three quarters of it. Default 64 MiB: two million keys. A partition with more is cleaned in
    /// several passes. Values beyond <see cref="MinMapBytes"/> and <see cref="MaxMapBytes"/> count as those.
    /// </summary>
    public long MapBytes { get; init; } = 64L << 20;

    /// <summary>Most bytes the records of one batch may have once decompressed; a larger batch stays uncleaned. Default 32 MiB: thirty times the usual limit of a stored batch.</summary>
    public int MaxBatchBytes { get; init; } = 32 << 20;
}
