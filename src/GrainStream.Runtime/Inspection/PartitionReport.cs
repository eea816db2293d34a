using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Inspection;

/// <summary>What an inspection found of everything that the object store holds of a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Manifest">Its manifest; null if there is none or it cannot be read.</param>
/// <param name="Segments">Segments that were read, byte for byte.</param>
/// <param name="DataBytes">Bytes of their batches.</param>
/// <param name="Records">Records in them, as far as they could be read.</param>
/// <param name="Unreferenced">
/// Objects that nothing names: uploads that were not finished, or what was deleted and is not swept yet. They take space and do no harm.
/// </param>
/// <param name="Faults">What is wrong: damaged or missing objects, segments that do not continue each other. Empty if nothing is.</param>
public sealed record PartitionReport(
    PartitionId Partition,
    Manifest? Manifest,
    long Segments,
    long DataBytes,
    long Records,
    IReadOnlyList<string> Unreferenced,
    IReadOnlyList<InspectionFault> Faults);
