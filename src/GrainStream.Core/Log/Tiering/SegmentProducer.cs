using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// The last word of an idempotent producer in a segment. A partition's producers at some segment's end are the newest word of each, going back
/// over the segments as far as producers are remembered.
/// </summary>
/// <param name="Id">The producer.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="LastSequence">Sequence of its last record.</param>
/// <param name="LastOffset">Offset of its last record.</param>
/// <param name="BatchRecords">Records of its last batch: a repeat of that batch has the same last sequence and as many.</param>
/// <param name="LastTimestamp">Greatest timestamp of its last batch, Unix milliseconds.</param>
public readonly record struct SegmentProducer(
    ProducerId Id, short Epoch, int LastSequence, Offset LastOffset, int BatchRecords, long LastTimestamp);
