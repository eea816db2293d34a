using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// What is remembered of an idempotent producer's batch: enough to know it again and to answer as the first time. 24 bytes.
/// </summary>
internal readonly struct ProducedBatch(long baseOffset, long logAppendMs, int lastOffsetDelta, int lastSequence)
{
    private readonly long _baseOffset = baseOffset;
    private readonly long _logAppendMs = logAppendMs;
    private readonly int _lastOffsetDelta = lastOffsetDelta;

    public int LastSequence { get; } = lastSequence;

    /// <summary>Sequences wrap from <see cref="int.MaxValue"/> to 0.</summary>
    public int BaseSequence => (LastSequence - _lastOffsetDelta) & int.MaxValue;

    public Offset BaseOffset => new(_baseOffset);
    public Offset End => new(_baseOffset + _lastOffsetDelta + 1);
    public Timestamp LogAppendTimestamp => new(_logAppendMs);
}
