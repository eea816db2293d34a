using GrainStream.Core.Log.Tiering;

namespace GrainStream.Runtime.Inspection;

/// <summary>What an inspection found of a partition's manifest.</summary>
/// <param name="Name">The head's object.</param>
/// <param name="Manifest">The head; null if there is none or it cannot be read.</param>
/// <param name="Pages">Its pages, as far as they can be read.</param>
/// <param name="Faults">What is wrong; empty if nothing is.</param>
public sealed record ManifestReport(string Name, Manifest? Manifest, IReadOnlyList<ManifestPage> Pages, IReadOnlyList<InspectionFault> Faults)
{
    /// <summary>All segments that are named, by offset, those below the log start that a page still names left out.</summary>
    public IEnumerable<SegmentEntry> Segments => Manifest is null
        ? []
        : Pages.SelectMany(page => page.Segments).Concat(Manifest.Recent).Where(segment => segment.EndOffset > Manifest.LogStart);
}
