using GrainStream.Core.Log;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Partitions;

/// <summary>A run of a partition's tail index whose batches are to be copied to the journal's head.</summary>
/// <param name="BaseOffset">The run's, as the index had it.</param>
/// <param name="Start">Likewise: with the base offset it names the run for ever.</param>
/// <param name="Batches">The run's own batches back to back, all of them; borrowed until the copying has completed.</param>
public readonly record struct RunToCopy(Offset BaseOffset, JournalPosition Start, ReadOnlyMemory<byte> Batches);
