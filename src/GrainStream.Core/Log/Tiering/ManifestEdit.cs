using System.Collections.Immutable;

namespace GrainStream.Core.Log.Tiering;

/// <summary>A change of a manifest, not yet stored: write the new pages, then put the manifest, and only then delete what it no longer names.</summary>
/// <param name="Manifest">The next version.</param>
/// <param name="NewPages">Pages that it names and that are not stored yet.</param>
/// <param name="RemovedPages">Pages that only the version before names.</param>
/// <param name="RemovedSegments">Segments that it does not stand for any more: below its log start, or replaced.</param>
public sealed record ManifestEdit(
    Manifest Manifest,
    ImmutableArray<ManifestPage> NewPages,
    ImmutableArray<PageRef> RemovedPages,
    ImmutableArray<SegmentEntry> RemovedSegments);
