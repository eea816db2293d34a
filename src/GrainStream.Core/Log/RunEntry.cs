using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// A run: a window of one journal file that begins with a frame of the partition and ends with one. Frames of other partitions may lie
/// between; a reader walks the window's frames and takes its own.
/// </summary>
/// <param name="BaseOffset">Base offset of the run's first batch.</param>
/// <param name="Start">Where that batch's frame begins.</param>
/// <param name="End">
/// After the last frame of the run. At most <see cref="TailIndex.MaxRunBytes"/> from the start, unless the run is one larger frame.
/// </param>
/// <param name="MaxTimestamp">
/// Greatest timestamp of the run's batches, -1 if they have none; may be that of a batch not committed yet.
/// </param>
/// <param name="Bytes">Bytes of the run's own batches, without frame heads and without what others have in the window.</param>
public readonly record struct RunEntry(Offset BaseOffset, JournalPosition Start, JournalPosition End, long MaxTimestamp, long Bytes);
