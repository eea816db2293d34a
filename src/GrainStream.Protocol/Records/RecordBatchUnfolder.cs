using System.Buffers;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Gives the records of stored batches as plain bytes that are known to be well-formed, for whoever acts on records. Uses one growing
/// buffer for all batches. For one thread at a time.
/// </summary>
/// <param name="maxUnfoldedBytes">Most bytes the records of one batch may have once decompressed; bounds the memory used.</param>
public sealed class RecordBatchUnfolder(int maxUnfoldedBytes) : IDisposable
{
    private readonly PooledBuffer _plain = new();

    /// <summary>
    /// Checks the batch (its length, magic and checksum), decompresses its records and checks each of them. Never throws, whatever the bytes.
    /// </summary>
    /// <param name="batch">Exactly one batch, head included. Borrowed.</param>
    /// <param name="header">Its head; not to be used if the batch is too short for one.</param>
    /// <param name="records">
    /// The bytes for a <see cref="RecordReader"/>, which reads them to the end without finding fault. Valid until the next use, and as long as
    /// <paramref name="batch"/> is. Empty unless the outcome is <see cref="UnfoldStatus.Done"/>.
    /// </param>
    public UnfoldStatus Unfold(ReadOnlyMemory<byte> batch, out RecordBatchHeader header, out ReadOnlySpan<byte> records)
    {
        records = default;
        if (!RecordBatchHeader.TryRead(batch.Span, out header)
            || header.Magic != RecordBatchHeader.CurrentMagic
            || header.BatchLength != batch.Length - RecordBatchHeader.LengthOverhead)
        {
            return UnfoldStatus.NotABatch;
        }

        if (Crc32C.Compute(batch.Span[RecordBatchHeader.CrcCoverageStart..]) != header.Crc)
        {
            return UnfoldStatus.WrongChecksum;
        }

        ReadOnlyMemory<byte> stored = batch[RecordBatchHeader.Size..];
        ReadOnlySpan<byte> plain = stored.Span;
        if (header.Compression != CompressionType.None)
        {
            _plain.Clear();
            switch (RecordCodec.Decompress(header.Compression, new ReadOnlySequence<byte>(stored), maxUnfoldedBytes, _plain))
            {
                case DecompressionStatus.UnsupportedCodec:
                    return UnfoldStatus.UnsupportedCodec;
                case DecompressionStatus.TooLarge:
                    return UnfoldStatus.TooLarge;
                case DecompressionStatus.Malformed:
                    return UnfoldStatus.Malformed;
                default:
                    plain = _plain.WrittenSpan;
                    break;
            }
        }

        RecordReader reader = new(header, plain);
        while (reader.TryRead(out _))
        {
        }

        if (reader.IsMalformed)
        {
            return UnfoldStatus.Malformed;
        }

        records = plain;
        return UnfoldStatus.Done;
    }

    public void Dispose() => _plain.Dispose();
}
