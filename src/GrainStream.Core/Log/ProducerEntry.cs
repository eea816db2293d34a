using System.Runtime.CompilerServices;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log;

/// <summary>One idempotent producer's state in one partition: its epoch and last few batches. A link in the list by last append.</summary>
internal sealed class ProducerEntry(long id)
{
    private const int RememberedBatches = RememberedProducer.MaxBatches;

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

        Timestamp logAppend = batch.IsLogAppendTime ? new Timestamp(batch.MaxTimestamp) : Timestamp.None;
        Remember(new ProducedBatch(new Offset(batch.BaseOffset), logAppend, batch.LastOffsetDelta, batch.LastSequence));
        LastAppend = at;
    }

    /// <summary>Its state as a value.</summary>
    public RememberedProducer Remembered()
    {
        var batches = new ProducedBatch[_count];
        for (int i = 0; i < _count; i++)
        {
            batches[i] = _recent[(_next + RememberedBatches - _count + i) % RememberedBatches];
        }

        return new RememberedProducer(Id, Epoch, batches);
    }

    /// <summary>Takes over a state; only of a new entry.</summary>
    public void Restore(RememberedProducer remembered, Timestamp at)
    {
        Epoch = remembered.Epoch;
        foreach (ProducedBatch batch in remembered.Batches)
        {
            Remember(batch);
        }

        LastAppend = at;
    }

    private void Remember(in ProducedBatch batch)
    {
        _recent[_next] = batch;
        _next = (byte)((_next + 1) % RememberedBatches);
        _count = (byte)Math.Min(_count + 1, RememberedBatches);
    }

    [InlineArray(RememberedBatches)]
    private struct Recent
    {
        private ProducedBatch _first;
    }
}
