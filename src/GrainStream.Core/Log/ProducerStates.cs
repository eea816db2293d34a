using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Log;

/// <summary>
/// The idempotent producers (KIP-98) of one partition, in the order of their last append. The rules are those of Kafka's
/// ProducerStateManager and ProducerAppendInfo. Bounded: one producer too many pushes out the one silent for longest, which then
/// is unknown, as after its expiry. About 200 bytes each; a table by id is built only beyond a few.
/// </summary>
internal sealed class ProducerStates(int maxProducers)
{
    /// <summary>Up to this many, walking the list is as quick as a table and saves its memory.</summary>
    private const int MaxWithoutTable = 8;

    private Dictionary<long, ProducerEntry>? _byId;
    private ProducerEntry? _oldest;
    private ProducerEntry? _newest;

    public int Count { get; private set; }

    /// <summary>Decides by a batch's producer id, epoch and sequence whether it may be appended, is a duplicate, or is refused.</summary>
    public ErrorCode Check(in RecordBatchHeader batch, out bool isDuplicate, out ProducedBatch original)
    {
        isDuplicate = false;
        original = default;
        ProducerEntry? producer = Find(batch.ProducerId);
        if (producer is null)
        {
            // Its records may all have been deleted, or it expired: any sequence is a start (KIP-360).
            return ErrorCode.None;
        }

        if (producer.TryFindDuplicate(batch, out original))
        {
            isDuplicate = true;
            return ErrorCode.None;
        }

        if (batch.ProducerEpoch < producer.Epoch)
        {
            return ErrorCode.InvalidProducerEpoch;
        }

        bool isInSequence = batch.ProducerEpoch == producer.Epoch
            ? batch.BaseSequence == ((producer.LastSequence + 1) & int.MaxValue)
            : batch.BaseSequence == 0;
        return isInSequence ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber;
    }

    /// <summary>Records a batch that was appended, whatever its sequence: the log is the truth.</summary>
    public void Append(in RecordBatchHeader batch, Timestamp at)
    {
        ProducerEntry? producer = Find(batch.ProducerId);
        if (producer is null)
        {
            if (Count == maxProducers)
            {
                Remove(_oldest!);
            }

            producer = new ProducerEntry(batch.ProducerId);
            Add(producer);
        }
        else if (producer != _newest)
        {
            Unlink(producer);
            LinkNewest(producer);
        }

        producer.Append(batch, at);
    }

    /// <summary>Forgets producers whose last append is more than <paramref name="expiration"/> ago.</summary>
    public int Expire(Timestamp now, TimeSpan expiration)
    {
        int expired = 0;
        while (_oldest is { } oldest && now.UnixMs - oldest.LastAppend.UnixMs > expiration.TotalMilliseconds)
        {
            Remove(oldest);
            expired++;
        }

        return expired;
    }

    /// <summary>All producers, the one silent for longest first.</summary>
    public RememberedProducer[] Remembered()
    {
        var producers = new RememberedProducer[Count];
        int next = 0;
        for (ProducerEntry? entry = _oldest; entry is not null; entry = entry.Newer)
        {
            producers[next++] = entry.Remembered();
        }

        return producers;
    }

    /// <summary>Takes over a producer that is not known yet, as the one that appended last.</summary>
    public void Restore(RememberedProducer producer, Timestamp at)
    {
        if (Count == maxProducers)
        {
            Remove(_oldest!);
        }

        var entry = new ProducerEntry(producer.Id);
        entry.Restore(producer, at);
        Add(entry);
    }

    private ProducerEntry? Find(long id)
    {
        if (_newest is { } newest && newest.Id == id)
        {
            return newest;
        }

        if (_byId is not null)
        {
            return _byId.GetValueOrDefault(id);
        }

        ProducerEntry? entry = _newest;
        while (entry is not null && entry.Id != id)
        {
            entry = entry.Older;
        }

        return entry;
    }

    private void Add(ProducerEntry producer)
    {
        LinkNewest(producer);
        Count++;
        if (_byId is null && Count > MaxWithoutTable)
        {
            _byId = new Dictionary<long, ProducerEntry>(2 * MaxWithoutTable);
            for (ProducerEntry? entry = _newest; entry is not null; entry = entry.Older)
            {
                _byId.Add(entry.Id, entry);
            }
        }
        else
        {
            _byId?.Add(producer.Id, producer);
        }
    }

    private void Remove(ProducerEntry producer)
    {
        Unlink(producer);
        Count--;
        if (Count <= MaxWithoutTable / 2)
        {
            _byId = null;
        }
        else
        {
            _byId?.Remove(producer.Id);
        }
    }

    private void LinkNewest(ProducerEntry producer)
    {
        producer.Older = _newest;
        producer.Newer = null;
        if (_newest is null)
        {
            _oldest = producer;
        }
        else
        {
            _newest.Newer = producer;
        }

        _newest = producer;
    }

    private void Unlink(ProducerEntry producer)
    {
        if (producer.Older is null)
        {
            _oldest = producer.Newer;
        }
        else
        {
            producer.Older.Newer = producer.Newer;
        }

        if (producer.Newer is null)
        {
            _newest = producer.Older;
        }
        else
        {
            producer.Newer.Older = producer.Older;
        }
    }
}
