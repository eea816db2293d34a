using System.Collections.Immutable;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// What the object store knows about a partition: who owns it, and which segments hold its offsets [S, T). Immutable; changed by
/// <see cref="ManifestEdits"/>, each of which makes the next version.
/// <code>
///        S (log start)                                             T (end)
///   |....^.......|............|......|......|..|..|..|. . . . . . .|
///   '-- pages of 32,768 ------'- of 2,048 --'- of 128 -'-- recent --'     fewer than 256 recent ones in the head itself
/// </code>
/// A page stays as long as one of its segments reaches beyond S, so the first ones it names may be gone.
/// </summary>
public sealed record Manifest
{
    /// <summary>The head holds fewer recent segments than this; then the oldest <see cref="ManifestPage.MinEntries"/> become a page.</summary>
    public const int MaxRecent = 2 * ManifestPage.MinEntries;

    /// <summary>1 for the first; grows by one with each change.</summary>
    public required long Version { get; init; }

    /// <summary>Of the change that made this version: tells whose it was when an answer got lost.</summary>
    public required Guid OperationId { get; init; }

    public required PartitionId Partition { get; init; }

    /// <summary>Node id of the owner.</summary>
    public required int Owner { get; init; }

    /// <summary>The owner's leader epoch.</summary>
    public required LeaderEpoch Epoch { get; init; }

    /// <summary>Node ids of the in-sync replicas.</summary>
    public required ImmutableArray<int> InSync { get; init; }

    /// <summary>S, as far as the store has been told; the owner's journal may be ahead.</summary>
    public required Offset LogStart { get; init; }

    /// <summary>T: everything from S up to here lies in segments.</summary>
    public required Offset End { get; init; }

    /// <summary>Compaction has seen everything below this offset.</summary>
    public Offset CleanedEnd { get; init; }

    /// <summary>Bytes of batches in the segments that reach beyond S.</summary>
    public long DataBytes { get; init; }

    /// <summary>Which epoch began where, oldest first.</summary>
    public ImmutableArray<EpochStart> Epochs { get; init; } = [];

    /// <summary>Older segments, by offset; levels descend.</summary>
    public ImmutableArray<PageRef> Pages { get; init; } = [];

    /// <summary>The newest segments, by offset.</summary>
    public ImmutableArray<SegmentEntry> Recent { get; init; } = [];

    /// <summary>Number of segments, those below S that a page still names included.</summary>
    public long SegmentCount => Recent.Length + Pages.Sum(page => (long)page.Count);

    /// <summary>Greatest timestamp of all segments; -1 for none.</summary>
    public long MaxTimestamp
    {
        get
        {
            long greatest = Timestamp.None.UnixMs;
            foreach (PageRef page in Pages)
            {
                greatest = Math.Max(greatest, page.MaxTimestamp);
            }

            foreach (SegmentEntry segment in Recent)
            {
                greatest = Math.Max(greatest, segment.MaxTimestamp);
            }

            return greatest;
        }
    }

    /// <summary>The first manifest of a partition: no segments yet, S = T.</summary>
    public static Manifest Create(
        PartitionId partition, int owner, LeaderEpoch epoch, Offset logStart, ImmutableArray<EpochStart> epochs, Guid operationId) => new()
        {
            Version = 1,
            OperationId = operationId,
            Partition = partition,
            Owner = owner,
            Epoch = epoch,
            InSync = [owner],
            LogStart = logStart,
            End = logStart,
            Epochs = epochs,
        };

    /// <summary>Index in <see cref="Recent"/> of the segment that stands for <paramref name="offset"/>; -1 if it is elsewhere.</summary>
    public int FindRecent(Offset offset) => SegmentSearch.Find(Recent.AsSpan(), offset);

    /// <summary>Index of the page that names the segment of <paramref name="offset"/>; -1 if there is none.</summary>
    public int FindPage(Offset offset)
    {
        int low = 0;
        int high = Pages.Length - 1;
        while (low <= high)
        {
            int middle = low + ((high - low) / 2);
            if (offset < Pages[middle].FirstOffset)
            {
                high = middle - 1;
            }
            else if (offset >= Pages[middle].EndOffset)
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return -1;
    }

    /// <summary>What contradicts itself in it; null if nothing does.</summary>
    public string? Inconsistency()
    {
        if (Version < 1 || Partition.Index < 0 || Epoch.Value < 0 || LogStart.Value < 0 || LogStart > End || DataBytes < 0)
        {
            return $"version {Version} of epoch {Epoch} cannot stand for [{LogStart}, {End})";
        }

        if (CleanedEnd > End || Recent.Length >= MaxRecent)
        {
            return $"it is cleaned up to {CleanedEnd} and names {Recent.Length} recent segments";
        }

        for (int i = 1; i < Epochs.Length; i++)
        {
            if (Epochs[i].Epoch <= Epochs[i - 1].Epoch || Epochs[i].Start < Epochs[i - 1].Start)
            {
                return "its epochs are out of order";
            }
        }

        return Coverage();
    }

    /// <summary>Whether the segments cover [S, T) without gap or overlap, beginning at most one segment or page before S.</summary>
    private string? Coverage()
    {
        if (Pages.IsEmpty && Recent.IsEmpty)
        {
            return LogStart == End ? null : $"no segment covers [{LogStart}, {End})";
        }

        Offset first = Pages.IsEmpty ? Recent[0].BaseOffset : Pages[0].FirstOffset;
        Offset firstEnd = Pages.IsEmpty ? Recent[0].EndOffset : Pages[0].EndOffset;
        if (first > LogStart || firstEnd <= LogStart)
        {
            return $"its first segments cover [{first}, {firstEnd}) and the log starts at {LogStart}";
        }

        Offset next = first;
        int level = ManifestPage.Levels - 1;
        foreach (PageRef page in Pages)
        {
            if (page.FirstOffset != next || page.EndOffset <= next || page.Level > level || page.DataBytes < 0
                || page.Count < 1 || page.Count > ManifestPage.Capacity(page.Level))
            {
                return $"the page that should begin at {next} is out of order";
            }

            next = page.EndOffset;
            level = page.Level;
        }

        return SegmentSearch.IsContiguous(Recent.AsSpan(), ref next) && next == End ? null : $"the segments leave a gap at {next}";
    }
}
