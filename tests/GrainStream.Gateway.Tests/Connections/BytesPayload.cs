using System.Buffers;
using System.IO.Pipelines;
using GrainStream.Runtime.Reading;

namespace GrainStream.Gateway.Tests.Connections;

/// <summary>Records made of the byte <c>position % 251</c>, sent in steps, that tells when it is let go.</summary>
internal sealed class BytesPayload(int length) : RecordsPayload
{
    private int _disposals;

    public override int Length { get; } = length;

    /// <summary>Bytes to send in truth; <see cref="Length"/> by default.</summary>
    public int SentLength { get; init; } = length;

    public int Disposals => Volatile.Read(ref _disposals);

    public static byte[] Expected(int length) => [.. Enumerable.Range(0, length).Select(position => (byte)(position % 251))];

    public override async ValueTask<bool> SendAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        byte[] all = Expected(SentLength);
        for (int sent = 0; sent < all.Length; sent += FlushBytes)
        {
            output.Write(all.AsSpan(sent, Math.Min(FlushBytes, all.Length - sent)));
            FlushResult flushed = await output.FlushAsync(cancellationToken);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return false;
            }
        }

        return true;
    }

    public override void Dispose() => Interlocked.Increment(ref _disposals);
}
