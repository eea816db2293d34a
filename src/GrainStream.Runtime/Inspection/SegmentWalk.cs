using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol.Records;

namespace GrainStream.Runtime.Inspection;

/// <summary>Goes through a segment's batches piece by piece, and checks them, and the chunks that the footer says they make up.</summary>
internal sealed class SegmentWalk(string name, SegmentFooter? footer, List<InspectionFault> faults, Action<InspectedBatch>? visit)
{
    private long _nextOffset = footer?.BaseOffset.Value ?? 0;
    private long _chunkStart;
    private long _end;
    private uint _chunkCrc;
    private int _chunk;
    private bool _isChunkMisaligned;

    public long Batches { get; private set; }

    public long Records { get; private set; }

    /// <summary>Where the next batch should be there is none: the rest cannot be walked.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Bytes of the batch that did not fit the piece.</summary>
    public int NeededBytes { get; private set; }

    /// <summary>Takes whole batches from a piece; returns their bytes.</summary>
    public int Take(ReadOnlySpan<byte> piece, long position, bool isLast)
    {
        int taken = 0;
        while (!IsLost && taken < piece.Length)
        {
            ReadOnlySpan<byte> rest = piece[taken..];
            bool hasHead = RecordBatchHeader.TryRead(rest, out RecordBatchHeader header);
            bool isSound = hasHead
                && header.Magic == RecordBatchHeader.CurrentMagic
                && header.BatchLength >= RecordBatchHeader.Size - RecordBatchHeader.LengthOverhead
                && header.BatchLength <= Array.MaxLength - RecordBatchHeader.LengthOverhead;
            if (hasHead ? isSound && header.TotalSize > rest.Length && !isLast : !isLast)
            {
                NeededBytes = hasHead ? header.TotalSize : RecordBatchHeader.Size;
                return taken;
            }

            if (!isSound || header.TotalSize > rest.Length)
            {
                // Without a footer its own first bytes end the walk: that is known already.
                if (footer is not null || !rest.StartsWith("GSFOOTER"u8))
                {
                    faults.Add(new InspectionFault(name, position + taken, "there is no whole record batch"));
                }

                IsLost = true;
                return taken;
            }

            See(rest[..header.TotalSize], header, position + taken);
            taken += header.TotalSize;
        }

        return taken;
    }

    /// <summary>Compares what was seen with what the footer says.</summary>
    public void Finish()
    {
        if (footer is null || IsLost)
        {
            return;
        }

        if (Batches != footer.BatchCount || Records != footer.RecordCount)
        {
            faults.Add(new InspectionFault(
                name,
                footer.DataLength,
                $"there are {Batches} batches of {Records} records; the footer says {footer.BatchCount} of {footer.RecordCount}"));
        }

        if (_nextOffset > footer.EndOffset.Value)
        {
            faults.Add(new InspectionFault(
                name, footer.DataLength, $"the records go on to {_nextOffset}, beyond the segment's end {footer.EndOffset}"));
        }
    }

    private void See(ReadOnlySpan<byte> batch, in RecordBatchHeader header, long position)
    {
        bool isIntact = Crc32C.Compute(batch[RecordBatchHeader.CrcCoverageStart..]) == header.Crc;
        if (!isIntact)
        {
            faults.Add(new InspectionFault(name, position, $"the CRC of the batch at offset {header.BaseOffset} does not match"));
        }

        if (header.BaseOffset < _nextOffset || header.NextOffset <= header.BaseOffset)
        {
            faults.Add(new InspectionFault(
                name, position, $"a batch of offsets [{header.BaseOffset}, {header.NextOffset}) follows one that ends at {_nextOffset}"));
        }

        _nextOffset = header.NextOffset;
        Batches++;
        Records += header.RecordCount;
        _end = position + batch.Length;
        if (footer is not null)
        {
            AddToChunk(batch, position);
        }

        visit?.Invoke(new InspectedBatch(position, header, isIntact));
    }

    private void AddToChunk(ReadOnlySpan<byte> batch, long position)
    {
        if (_chunk == footer!.Chunks.Length)
        {
            return;
        }

        _chunkStart = footer.Chunks[_chunk].Position;
        _chunkCrc = position == _chunkStart ? Crc32C.Compute(batch) : Crc32C.Append(_chunkCrc, batch);
        long chunkEnd = footer.ChunkEnd(_chunk);
        if (_end < chunkEnd)
        {
            return;
        }

        if (_end > chunkEnd && !_isChunkMisaligned)
        {
            _isChunkMisaligned = true;
            faults.Add(new InspectionFault(name, chunkEnd, "a chunk ends within a batch"));
        }
        else if (!_isChunkMisaligned && _chunkCrc != footer.Chunks[_chunk].Crc)
        {
            faults.Add(new InspectionFault(name, _chunkStart, $"the checksum of the chunk that ends at byte {chunkEnd} does not match"));
        }

        _chunk++;
    }
}
