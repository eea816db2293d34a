using System.Collections.Immutable;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>A manifest's pages while a change is worked out. New ones get their names at the end, so none is named that is merged away at once.</summary>
internal sealed class ManifestPages
{
    private readonly Dictionary<PageRef, ManifestPage> _loaded;
    private readonly List<Slot> _slots;

    private ManifestPages(IEnumerable<PageRef> stored, IReadOnlyList<ManifestPage> loaded)
    {
        _slots = [.. stored.Select(page => new Slot(page, [], page.Level))];
        _loaded = loaded.ToDictionary(page => page.Reference);
    }

    /// <summary>The pages as they are, with the contents that are at hand.</summary>
    public static ManifestPages Of(Manifest manifest, IReadOnlyList<ManifestPage> loaded) => new(manifest.Pages, loaded);

    /// <summary>Contents of a stored page.</summary>
    public ImmutableArray<SegmentEntry> SegmentsOf(PageRef page)
    {
        bool isLoaded = _loaded.TryGetValue(page, out ManifestPage? loaded);
        Invariant.Require(isLoaded, $"The contents of the page [{page.FirstOffset}, {page.EndOffset}) are needed for this change.");
        return loaded!.Segments;
    }

    /// <summary>Cuts pages from the oldest of the recent segments while there are too many; returns the rest.</summary>
    public ImmutableArray<SegmentEntry> MoveToPages(ImmutableArray<SegmentEntry> recent)
    {
        while (recent.Length >= Manifest.MaxRecent)
        {
            _slots.Add(new Slot(null, recent[..ManifestPage.MinEntries], 0));
            recent = recent[ManifestPage.MinEntries..];
        }

        return recent;
    }

    /// <summary>Makes one page of the next level out of each 16 of a level, beginning with the level that grew; stops at the first that did not.</summary>
    public void Merge()
    {
        bool grew = _slots.Exists(slot => slot.Stored is null);
        for (int level = 0; grew && level < ManifestPage.Levels - 1; level++)
        {
            int at = _slots.FindIndex(slot => slot.Level == level);
            int left = _slots.Count(slot => slot.Level == level);
            grew = left >= ManifestPage.Fanout;
            for (; left >= ManifestPage.Fanout; left -= ManifestPage.Fanout)
            {
                List<Slot> merged = _slots.GetRange(at, ManifestPage.Fanout);
                ImmutableArray<SegmentEntry> segments = [.. merged.SelectMany(slot => slot.Stored is { } stored ? SegmentsOf(stored) : slot.Segments)];
                _slots.RemoveRange(at, ManifestPage.Fanout);
                _slots.Insert(at++, new Slot(null, segments, level + 1));
            }
        }
    }

    /// <summary>Lets go of stored pages that end at or below <paramref name="logStart"/>.</summary>
    public void RemoveBelow(Offset logStart) => _slots.RemoveAll(slot => slot.Stored is { } stored && stored.EndOffset <= logStart);

    /// <summary>
    /// Puts changed segments in the place of the pages in <paramref name="opened"/> and, if they reach that far, of the recent segments.
    /// Returns what is recent then. Few enough at the end go back to the head.
    /// </summary>
    public ImmutableArray<SegmentEntry> Rewrite(
        ImmutableArray<PageRef> opened, ImmutableArray<SegmentEntry> changed, bool reachesRecent, ImmutableArray<SegmentEntry> recent)
    {
        int at = opened.IsEmpty ? _slots.Count : _slots.FindIndex(slot => slot.Stored == opened[0]);
        _slots.RemoveRange(at, opened.Length);
        bool isLast = at == _slots.Count;
        ImmutableArray<SegmentEntry> tail = reachesRecent ? [] : recent;
        if (isLast && changed.Length + tail.Length < Manifest.MaxRecent)
        {
            return changed.AddRange(tail);
        }

        if (reachesRecent)
        {
            tail = changed[^ManifestPage.MinEntries..];
            changed = changed[..^ManifestPage.MinEntries];
        }

        int level = opened.IsEmpty ? 0 : opened[0].Level;
        int capacity = ManifestPage.Capacity(level);
        for (int start = 0; start < changed.Length; start += capacity)
        {
            _slots.Insert(at++, new Slot(null, changed[start..Math.Min(changed.Length, start + capacity)], level));
        }

        return tail;
    }

    /// <summary>Names the new pages. Returns all pages and, apart, the new ones.</summary>
    public ImmutableArray<PageRef> Seal(PartitionId partition, ulong salt, out ImmutableArray<ManifestPage> created)
    {
        var references = ImmutableArray.CreateBuilder<PageRef>(_slots.Count);
        var pages = ImmutableArray.CreateBuilder<ManifestPage>();
        foreach (Slot slot in _slots)
        {
            if (slot.Stored is { } stored)
            {
                references.Add(stored);
                continue;
            }

            ManifestPage page = ManifestPage.Create(partition, slot.Segments, slot.Level, unchecked(salt + (ulong)pages.Count));
            pages.Add(page);
            references.Add(page.Reference);
        }

        created = pages.ToImmutable();
        return references.MoveToImmutable();
    }

    /// <summary>A page: one that is stored, or the segments of a new one.</summary>
    private readonly record struct Slot(PageRef? Stored, ImmutableArray<SegmentEntry> Segments, int Level);
}
