using System.Buffers;
using System.Text;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Records;

namespace GrainStream.Client.Consuming;

/// <summary>Turns the record batches of a response into records. For one thread at a time.</summary>
internal sealed class ChunkReader : IDisposable
{
    // Far beyond any honest batch of the 100 MiB that a request can be.
    private const int MaxUnfoldedBytes = 1 << 30;

    private readonly PooledBuffer _unfolded = new();

    /// <summary>Reads the records from an offset on.</summary>
    /// <param name="partition">Whose they are.</param>
    /// <param name="batches">Batches back to back; the last may be cut off. Borrowed for the call.</param>
    /// <param name="from">Earlier records, which come along when reading begins in the middle of a batch, are left out.</param>
    /// <param name="aborted">Transactions to leave out; null for none.</param>
    /// <param name="records">The records.</param>
    /// <returns>The offset to go on from.</returns>
    /// <exception cref="UnreadableResponseException">A batch is damaged, or compressed in a way that cannot be read here.</exception>
    public long Read(
        TopicPartition partition, ReadOnlyMemory<byte> batches, long from, FetchResponse.AbortedTransaction[]? aborted, out ConsumedRecord[] records)
    {
        List<ConsumedRecord> read = [];
        AbortedProducers? transactions = aborted is { Length: > 0 } ? new AbortedProducers(aborted) : null;
        long next = from;
        while (RecordBatchHeader.TryRead(batches.Span, out RecordBatchHeader header) && header.TotalSize <= batches.Length)
        {
            if (header.Magic != RecordBatchHeader.CurrentMagic || header.TotalSize < RecordBatchHeader.Size)
            {
                throw Unreadable(partition, header.BaseOffset, "it is not of the format of Kafka 0.11 and later (magic 2)");
            }

            ReadOnlyMemory<byte> batch = batches[..header.TotalSize];
            batches = batches[header.TotalSize..];
            if (header.NextOffset > from)
            {
                ReadBatch(partition, header, batch, from, transactions, read);
                next = Math.Max(next, header.NextOffset);
            }
        }

        records = [.. read];
        return next;
    }

    public void Dispose() => _unfolded.Dispose();

    private static UnreadableResponseException Unreadable(TopicPartition partition, long offset, string why) =>
        new($"The record batch at offset {offset} of {partition} cannot be read: {why}. To go on behind it, consume from a later offset.");

    private void ReadBatch(
        TopicPartition partition, in RecordBatchHeader header, ReadOnlyMemory<byte> batch, long from, AbortedProducers? transactions, List<ConsumedRecord> read)
    {
        if (Crc32C.Compute(batch.Span[RecordBatchHeader.CrcCoverageStart..]) != header.Crc)
        {
            throw Unreadable(partition, header.BaseOffset, "its checksum is wrong");
        }

        bool isAborted = transactions?.IsAborted(header) == true;
        if (isAborted || (header.IsControl && transactions is null))
        {
            return;
        }

        byte[] plain = Unfold(partition, header, batch[RecordBatchHeader.Size..]);
        if (header.IsControl)
        {
            transactions!.TakeMarker(header, plain);
            return;
        }

        RecordReader reader = new(header, plain);
        while (reader.TryRead(out Record record))
        {
            if (record.Offset >= from)
            {
                read.Add(new ConsumedRecord(
                    partition, record.Offset, record.TimestampMs, MemoryOf(plain, record.Key), MemoryOf(plain, record.Value), HeadersOf(plain, record.Headers)));
            }
        }

        if (reader.IsMalformed)
        {
            throw Unreadable(partition, header.BaseOffset, "its records are not what its head announces");
        }
    }

    /// <summary>The records as an array of their own, which the records given out keep alive.</summary>
    private byte[] Unfold(TopicPartition partition, in RecordBatchHeader header, ReadOnlyMemory<byte> stored)
    {
        if (header.Compression == CompressionType.None)
        {
            return stored.ToArray();
        }

        _unfolded.Clear();
        DecompressionStatus status = RecordCodec.Decompress(header.Compression, new ReadOnlySequence<byte>(stored), MaxUnfoldedBytes, _unfolded);
        CompressionType codec = header.Compression;
        return status switch
        {
            DecompressionStatus.Done => _unfolded.WrittenSpan.ToArray(),
            DecompressionStatus.UnsupportedCodec => throw Unreadable(
                partition, header.BaseOffset, RecordCodec.Missing.FirstOrDefault(missing => missing.Codec == codec)?.ToString() ?? $"compression {codec} is not known"),
            _ => throw Unreadable(partition, header.BaseOffset, $"it is not {codec}, as it says"),
        };
    }

    private static ReadOnlyMemory<byte>? MemoryOf(byte[] array, NullableBytes bytes)
    {
        if (bytes.IsNull)
        {
            return null;
        }

        return array.AsSpan().Overlaps(bytes.Bytes, out int position) ? array.AsMemory(position, bytes.Bytes.Length) : ReadOnlyMemory<byte>.Empty;
    }

    private static MessageHeader[] HeadersOf(byte[] array, RecordHeaders headers)
    {
        if (headers.Count == 0)
        {
            return [];
        }

        MessageHeader[] read = new MessageHeader[headers.Count];
        int index = 0;
        foreach (RecordHeader header in headers)
        {
            read[index++] = new MessageHeader(Encoding.UTF8.GetString(header.Key), MemoryOf(array, header.Value));
        }

        return read;
    }
}
