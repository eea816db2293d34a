using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>Gathers the batches of one read from the blocks of consecutive segments, and holds the blocks that it takes from.</summary>
/// <param name="cache">Where blocks are given back to.</param>
/// <param name="from">The first batch taken is the first one that reaches beyond this offset.</param>
/// <param name="maxBytes">Bytes to stay within.</param>
/// <param name="atLeastOne">Take the first batch even if it alone exceeds the limit.</param>
internal sealed class SegmentSelection(BlockCache cache, Offset from, int maxBytes, bool atLeastOne) : IDisposable
{
    private readonly List<BlockSlice> _slices = [];
    private bool _isHandedOver;

    /// <summary>Bytes taken.</summary>
    public int Bytes { get; private set; }

    /// <summary>Nothing more will be taken.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>It goes on where another read ended.</summary>
    public bool IsSequential { get; set; }

    /// <summary>Byte of its segment where the first batch begins; -1 as long as there is none.</summary>
    public long FirstPosition { get; private set; } = -1;

    /// <summary>Byte of the last segment after what was taken.</summary>
    public long EndPosition { get; private set; }

    /// <summary>
    /// Takes what fits from a block, from <paramref name="firstChunk"/> on; whole chunks are taken as they are. The block is kept if anything of it is
    /// taken, else released. Returns where the bytes are malformed, -1 if they are not.
    /// </summary>
    public long Take(SegmentBlock block, int firstChunk)
    {
        SegmentFooter footer = block.Segment.Footer;
        int start = (int)(footer.Chunks[firstChunk].Position - block.Position);
        int end = start;
        int last = block.Segment.EndChunk(block.Key.Block);
        long malformed = -1;
        for (int chunk = firstChunk; chunk < last && !IsComplete && malformed < 0; chunk++)
        {
            int chunkEnd = (int)(footer.ChunkEnd(chunk) - block.Position);
            bool isWholeTaken = FirstPosition >= 0 && (long)Bytes + chunkEnd - end <= maxBytes;
            if (isWholeTaken)
            {
                Bytes += chunkEnd - end;
                IsComplete = Bytes >= maxBytes;
                end = chunkEnd;
            }
            else
            {
                malformed = TakeFromChunk(block, chunkEnd, ref start, ref end);
            }
        }

        EndPosition = block.Position + end;
        if (end > start)
        {
            _slices.Add(new BlockSlice(block, start, end - start));
        }
        else
        {
            cache.Release(block);
        }

        return malformed;
    }

    /// <summary>Hands over what was taken; null, and nothing held, if that is nothing.</summary>
    public SegmentPayload? ToPayload()
    {
        _isHandedOver = Bytes > 0;
        return _isHandedOver ? new SegmentPayload(cache, _slices, Bytes) : null;
    }

    /// <summary>Gives the blocks back unless they were handed over.</summary>
    public void Dispose()
    {
        if (!_isHandedOver)
        {
            _slices.ForEach(slice => cache.Release(slice.Block));
            _slices.Clear();
        }
    }

    private long TakeFromChunk(SegmentBlock block, int chunkEnd, ref int start, ref int end)
    {
        var walk = new BatchWalk(block.Bytes.Span[end..chunkEnd]);
        int chunkStart = end;
        while (!IsComplete && walk.MoveNext())
        {
            if (FirstPosition < 0 && walk.NextOffset <= from.Value)
            {
                end = start = chunkStart + walk.End;
                continue;
            }

            int size = walk.End - walk.Start;
            if ((long)Bytes + size > maxBytes && (Bytes > 0 || !atLeastOne))
            {
                IsComplete = true;
                break;
            }

            FirstPosition = FirstPosition < 0 ? block.Position + chunkStart + walk.Start : FirstPosition;
            Bytes += size;
            end = chunkStart + walk.End;
            IsComplete = Bytes >= maxBytes;
        }

        return walk.IsMalformed ? block.Position + chunkStart + walk.End : -1;
    }
}
