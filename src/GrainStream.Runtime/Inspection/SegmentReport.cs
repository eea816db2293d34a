using GrainStream.Core.Log.Tiering;

namespace GrainStream.Runtime.Inspection;

/// <summary>What an inspection found in a segment.</summary>
/// <param name="Name">The object.</param>
/// <param name="Length">Its bytes; -1 if there is none.</param>
/// <param name="Footer">What it says about itself; null if that cannot be read.</param>
/// <param name="Batches">Batches seen.</param>
/// <param name="Records">Records in them, by their heads.</param>
/// <param name="Faults">What is wrong; empty if nothing is.</param>
public sealed record SegmentReport(
    string Name, long Length, SegmentFooter? Footer, long Batches, long Records, IReadOnlyList<InspectionFault> Faults);
