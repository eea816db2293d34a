using System.Runtime.CompilerServices;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log;

/// <summary>One idempotent producer's state in one partition: its epoch and last few batches. A link in the list by last append.</summary>
internal sealed class ProducerEntry(long id)
{
    /// <summary>
    /// Batches remembered per producer. Kafka's number (ProducerStateEntry.NUM_BATCHES_TO_RETAIN): an idempotent client has at most
    /// five requests in flight, so it can send none older again.
    /// </summary>
    public const int RememberedBatches = 5;

    private Recent _recent;
    private byte _count;
    private byte _next;

    public long Id { get; } = id;
    public short Epoch { get; private set; } = -1;
    public Timestamp LastAppend { get; private set; }
    public ProducerEntry? Older { get; set; }
    public ProducerEntry? Newer { get; set; }

    /// <summary>Last sequence number appended in this epoch.</summary>
    public int LastSequence => _recent[(_next + RememberedBatches - 1) % RememberedBatches].LastSequence;

    public bool TryFindDuplicate(in RecordBatchHeader batch, out ProducedBatch original)
    {
        if (batch.ProducerEpoch == Epoch)
        {
            int lastSequence = batch.LastSequence;
            for (int i = 0; i < _count; i++)
            {
                if (_recent[i].LastSequence == lastSequence && _recent[i].BaseSequence == batch.BaseSequence)
                {
                    original = _recent[i];
                    return true;
                }
            }
        }

        original = default;
        return false;
    }

    public void Append(in RecordBatchHeader batch, Timestamp at)
    {
        if (batch.ProducerEpoch != Epoch)
        {
            Epoch = batch.ProducerEpoch;
            _count = 0;
            _next = 0;
        }

        long logAppendMs = batch.IsLogAppendTime ? batch.MaxTimestamp : Timestamp.None.UnixMs;
        _recent[_next] = new ProducedBatch(batch.BaseOffset, logAppendMs, batch.LastOffsetDelta, batch.LastSequence);
        _next = (byte)((_next + 1) % RememberedBatches);
        _count = (byte)Math.Min(_count + 1, RememberedBatches);
        LastAppend = at;
    }

    [InlineArray(RememberedBatches)]
    private struct Recent
    {
        private ProducedBatch _first;
    }
}
