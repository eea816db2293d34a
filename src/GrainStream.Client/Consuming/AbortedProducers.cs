using System.Buffers.Binary;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;

namespace GrainStream.Client.Consuming;

/// <summary>Tells which transactional batches of a response were aborted (KIP-98). Batches are shown to it in the order of their offsets.</summary>
internal sealed class AbortedProducers(IEnumerable<FetchResponse.AbortedTransaction> transactions)
{
    private const short AbortMarker = 0;
    private const int MarkerTypePosition = sizeof(short);

    private readonly Queue<FetchResponse.AbortedTransaction> _ahead = new(transactions.OrderBy(transaction => transaction.FirstOffset));
    private readonly HashSet<long> _aborting = [];

    /// <summary>Whether the batch's records are of an aborted transaction.</summary>
    public bool IsAborted(in RecordBatchHeader batch)
    {
        while (_ahead.TryPeek(out FetchResponse.AbortedTransaction? next) && next.FirstOffset < batch.NextOffset)
        {
            _aborting.Add(_ahead.Dequeue().ProducerId);
        }

        return batch.IsTransactional && !batch.IsControl && _aborting.Contains(batch.ProducerId);
    }

    /// <summary>A marker ends a transaction.</summary>
    public void TakeMarker(in RecordBatchHeader batch, ReadOnlySpan<byte> records)
    {
        RecordReader reader = new(batch, records);
        if (reader.TryRead(out Record marker)
            && marker.Key.Bytes.Length >= MarkerTypePosition + sizeof(short)
            && BinaryPrimitives.ReadInt16BigEndian(marker.Key.Bytes[MarkerTypePosition..]) == AbortMarker)
        {
            _aborting.Remove(batch.ProducerId);
        }
    }
}
