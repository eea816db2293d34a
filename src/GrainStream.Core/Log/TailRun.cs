using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>A run of a tail index together with where its offsets end, as checkpoints keep it: see <see cref="RunEntry"/>.</summary>
/// <param name="BaseOffset">Base offset of the run's first batch.</param>
/// <param name="EndOffset">Offset after its last record: the base offset of the next run.</param>
/// <param name="Start">Where its first frame begins in the journal.</param>
/// <param name="End">After its last frame, in the same journal file.</param>
/// <param name="MaxTimestamp">Greatest timestamp of its batches, -1 if they have none.</param>
/// <param name="Bytes">Bytes of its batches.</param>
public readonly record struct TailRun(
    Offset BaseOffset, Offset EndOffset, JournalPosition Start, JournalPosition End, long MaxTimestamp, long Bytes);
