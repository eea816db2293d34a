using System.Buffers;
using System.IO.Pipelines;

namespace GrainStream.Runtime.Reading;

/// <summary>Batches that were read from disk into one pooled buffer and verified.</summary>
internal sealed class PooledPayload(byte[] buffer, int length, DiskReadBudget budget, int paidBytes) : RecordsPayload
{
    public override int Length => length;

    public override async ValueTask<bool> SendAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        for (int sent = 0; sent < length; sent += FlushBytes)
        {
            output.Write(buffer.AsSpan(sent, Math.Min(FlushBytes, length - sent)));
            FlushResult flushed = await output.FlushAsync(cancellationToken);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return false;
            }
        }

        return true;
    }

    public override void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        budget.Return(paidBytes);
    }
}
