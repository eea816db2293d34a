using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// What is remembered of an idempotent producer's batch: enough to know it again and to answer as the first time. 24 bytes.
/// </summary>
/// <param name="BaseOffset">The offset it was given.</param>
/// <param name="LogAppendTimestamp">The broker's timestamp of it; <see cref="Timestamp.None"/> where the producer's own stand.</param>
/// <param name="LastOffsetDelta">Its records, less one.</param>
/// <param name="LastSequence">Sequence number of its last record.</param>
public readonly record struct ProducedBatch(Offset BaseOffset, Timestamp LogAppendTimestamp, int LastOffsetDelta, int LastSequence)
{
    /// <summary>Sequence number of its first record; sequences wrap from <see cref="int.MaxValue"/> to 0.</summary>
    public int BaseSequence => (LastSequence - LastOffsetDelta) & int.MaxValue;

    /// <summary>Offset after its last record.</summary>
    public Offset End => BaseOffset + LastOffsetDelta + 1;
}
