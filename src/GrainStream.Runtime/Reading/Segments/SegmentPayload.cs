using System.Buffers;
using System.IO.Pipelines;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// Batches of segments, sent straight from the cache's blocks. Holds each block until its part is sent: at most what it will send, rounded up to blocks.
/// </summary>
internal sealed class SegmentPayload(BlockCache cache, List<BlockSlice> slices, int length) : RecordsPayload
{
    private int _released;

    public override int Length => length;

    public override async ValueTask<bool> SendAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        while (_released < slices.Count)
        {
            BlockSlice slice = slices[_released];
            for (int sent = 0; sent < slice.Length; sent += FlushBytes)
            {
                int piece = Math.Min(FlushBytes, slice.Length - sent);
                output.Write(slice.Block.Bytes.Span.Slice(slice.Start + sent, piece));
                FlushResult flushed = await output.FlushAsync(cancellationToken);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    return false;
                }
            }

            ReleaseNext();
        }

        return true;
    }

    public override void Dispose()
    {
        while (_released < slices.Count)
        {
            ReleaseNext();
        }
    }

    private void ReleaseNext() => cache.Release(slices[_released++].Block);
}
