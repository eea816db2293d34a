using System.Collections.Immutable;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// Changes of a manifest, as pure functions: each gives the next version and the pages it needs. Some need the contents of stored pages: the
/// <c>PagesTo…</c> method beside each says which; mostly none.
/// </summary>
public static class ManifestEdits
{
    /// <summary>Says nothing new, but makes a next version: a put of an earlier one that is still on its way can then no longer succeed.</summary>
    public static ManifestEdit Touch(this Manifest manifest, EditStamp stamp) => Finish(manifest, manifest, ManifestPages.Of(manifest, []), stamp, []);

    /// <summary>A new owner or epoch.</summary>
    public static ManifestEdit ChangeOwner(
        this Manifest manifest, int owner, LeaderEpoch epoch, ImmutableArray<int> inSync, ImmutableArray<EpochStart> epochs, EditStamp stamp)
    {
        Invariant.Require(epoch >= manifest.Epoch, $"A manifest of epoch {manifest.Epoch} cannot go back to epoch {epoch}.");
        Manifest next = manifest with { Owner = owner, Epoch = epoch, InSync = inSync, Epochs = epochs };
        return Finish(manifest, next, ManifestPages.Of(manifest, []), stamp, []);
    }

    /// <summary>Pages whose contents <see cref="Append"/> needs for <paramref name="count"/> more segments.</summary>
    public static ImmutableArray<PageRef> PagesToAppend(this Manifest manifest, int count)
    {
        int recent = manifest.Recent.Length + count;
        int added = recent < Manifest.MaxRecent ? 0 : (recent - ManifestPage.MinEntries) / ManifestPage.MinEntries;
        var needed = ImmutableArray.CreateBuilder<PageRef>();
        for (int level = 0; added > 0 && level < ManifestPage.Levels - 1; level++)
        {
            PageRef[] own = [.. manifest.Pages.Where(page => page.Level == level)];
            added = (own.Length + added) / ManifestPage.Fanout;
            if (added > 0)
            {
                needed.AddRange(own);
            }
        }

        return needed.ToImmutable();
    }

    /// <summary>Adds segments at the end.</summary>
    /// <param name="manifest">The version before.</param>
    /// <param name="segments">The first begins at its <see cref="Manifest.End"/>, each other where the one before ends.</param>
    /// <param name="epochs">Which epoch began where, as the owner knows it now.</param>
    /// <param name="pages">Contents of <see cref="PagesToAppend"/>.</param>
    /// <param name="stamp">Of this change.</param>
    public static ManifestEdit Append(
        this Manifest manifest,
        ImmutableArray<SegmentEntry> segments,
        ImmutableArray<EpochStart> epochs,
        IReadOnlyList<ManifestPage> pages,
        EditStamp stamp)
    {
        Offset end = manifest.End;
        Invariant.Require(
            !segments.IsEmpty && SegmentSearch.IsContiguous(segments.AsSpan(), ref end),
            $"Segments were appended that do not go on at {manifest.End} without gap or overlap.");
        ManifestPages work = ManifestPages.Of(manifest, pages);
        ImmutableArray<SegmentEntry> recent = work.MoveToPages(manifest.Recent.AddRange(segments));
        work.Merge();
        Manifest next = manifest with
        {
            End = end,
            Epochs = epochs,
            DataBytes = manifest.DataBytes + segments.Sum(segment => segment.DataLength),
            Recent = recent,
        };
        return Finish(manifest, next, work, stamp, []);
    }

    /// <summary>Pages whose contents <see cref="RaiseLogStart"/> needs.</summary>
    public static ImmutableArray<PageRef> PagesToRaiseLogStart(this Manifest manifest, Offset logStart) =>
        [.. manifest.Pages.Where(page => page.FirstOffset < logStart)];

    /// <summary>
    /// Raises S and lets go of the segments below it; beyond T it makes both the same. A page goes when all of its segments have: none is rewritten.
    /// </summary>
    /// <param name="manifest">The version before.</param>
    /// <param name="logStart">At or above its <see cref="Manifest.LogStart"/>.</param>
    /// <param name="epochs">Which epoch began where, as the owner knows it now.</param>
    /// <param name="pages">Contents of <see cref="PagesToRaiseLogStart"/>.</param>
    /// <param name="stamp">Of this change.</param>
    public static ManifestEdit RaiseLogStart(
        this Manifest manifest, Offset logStart, ImmutableArray<EpochStart> epochs, IReadOnlyList<ManifestPage> pages, EditStamp stamp)
    {
        Invariant.Require(logStart >= manifest.LogStart, $"A log start of {manifest.LogStart} cannot go back to {logStart}.");
        ManifestPages work = ManifestPages.Of(manifest, pages);
        var removed = ImmutableArray.CreateBuilder<SegmentEntry>();
        foreach (PageRef page in manifest.PagesToRaiseLogStart(logStart))
        {
            removed.AddRange(work.SegmentsOf(page).Where(IsRemoved));
        }

        removed.AddRange(manifest.Recent.Where(IsRemoved));
        work.RemoveBelow(logStart);
        Manifest next = manifest with
        {
            LogStart = logStart,
            End = logStart > manifest.End ? logStart : manifest.End,
            Epochs = epochs,
            DataBytes = manifest.DataBytes - removed.Sum(segment => segment.DataLength),
            Recent = manifest.Recent.RemoveAll(segment => segment.EndOffset <= logStart),
        };
        return Finish(manifest, next, work, stamp, removed.ToImmutable());

        bool IsRemoved(SegmentEntry segment) => segment.EndOffset > manifest.LogStart && segment.EndOffset <= logStart;
    }

    /// <summary>Pages whose contents <see cref="Replace"/> needs.</summary>
    public static ImmutableArray<PageRef> PagesToReplace(this Manifest manifest, Offset from, Offset to) =>
        [.. manifest.Pages.Where(page => page.FirstOffset < to && page.EndOffset > from)];

    /// <summary>Puts other segments in the place of a run of them (compaction).</summary>
    /// <param name="manifest">The version before.</param>
    /// <param name="from">Base offset of the first segment to go, which reaches beyond S.</param>
    /// <param name="to">End offset of the last one.</param>
    /// <param name="segments">Cover [from, to) without gap or overlap.</param>
    /// <param name="cleanedEnd">What compaction has seen everything below.</param>
    /// <param name="pages">Contents of <see cref="PagesToReplace"/>.</param>
    /// <param name="stamp">Of this change.</param>
    public static ManifestEdit Replace(
        this Manifest manifest,
        Offset from,
        Offset to,
        ImmutableArray<SegmentEntry> segments,
        Offset cleanedEnd,
        IReadOnlyList<ManifestPage> pages,
        EditStamp stamp)
    {
        Offset end = from;
        Invariant.Require(
            !segments.IsEmpty && SegmentSearch.IsContiguous(segments.AsSpan(), ref end) && end == to,
            $"Segments that should replace [{from}, {to}) do not cover it.");
        ManifestPages work = ManifestPages.Of(manifest, pages);
        ImmutableArray<PageRef> opened = manifest.PagesToReplace(from, to);
        bool reachesRecent = manifest.Recent.Length > 0 && to > manifest.Recent[0].BaseOffset;
        ImmutableArray<SegmentEntry> old = [.. opened.SelectMany(page => work.SegmentsOf(page)), .. reachesRecent ? manifest.Recent : []];
        ImmutableArray<SegmentEntry> removed = [.. old.Where(segment => segment.BaseOffset >= from && segment.EndOffset <= to)];
        Invariant.Require(
            !removed.IsEmpty && removed[0].BaseOffset == from && removed[^1].EndOffset == to && removed[0].EndOffset > manifest.LogStart,
            $"[{from}, {to}) is no run of whole segments of a log that starts at {manifest.LogStart}.");

        // Rewritten anyway, the pages leave out what lies below S.
        ImmutableArray<SegmentEntry> changed =
        [
            .. old.Where(segment => segment.EndOffset <= from && segment.EndOffset > manifest.LogStart),
            .. segments,
            .. old.Where(segment => segment.BaseOffset >= to),
        ];
        Manifest next = manifest with
        {
            CleanedEnd = cleanedEnd,
            DataBytes = manifest.DataBytes + LiveBytes(segments) - LiveBytes(removed),
            Recent = work.Rewrite(opened, changed, reachesRecent, manifest.Recent),
        };
        return Finish(manifest, next, work, stamp, removed);

        long LiveBytes(ImmutableArray<SegmentEntry> all) =>
            all.Where(segment => segment.EndOffset > manifest.LogStart).Sum(segment => segment.DataLength);
    }

    private static ManifestEdit Finish(
        Manifest before, Manifest after, ManifestPages work, EditStamp stamp, ImmutableArray<SegmentEntry> removed)
    {
        ImmutableArray<PageRef> references = work.Seal(before.Partition, stamp.Salt, out ImmutableArray<ManifestPage> created);
        Manifest next = after with { Version = before.Version + 1, OperationId = stamp.OperationId, Pages = references };
        Invariant.Require(next.Inconsistency() is null, $"A manifest was changed to one that is wrong: {next.Inconsistency()}.");
        return new ManifestEdit(next, created, [.. before.Pages.Except(references)], removed);
    }
}
