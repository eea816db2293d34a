using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace GrainStream.Gateway.Connections;

/// <summary>
/// Where a connection's responses are written: the connection's pipe, and how long the client has let the current flush wait.
/// Written by one thread at a time; the wait may be read by any.
/// </summary>
internal sealed class ResponseOutput(PipeWriter output, TimeProvider clock) : PipeWriter
{
    private long _flushStarted;

    /// <summary>Bytes written so far.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>True while the client leaves so much unread that a flush waits for it.</summary>
    public bool IsStalled => Volatile.Read(ref _flushStarted) != 0;

    /// <summary>How long the current flush has waited for the client; zero if none waits.</summary>
    /// <param name="now">Timestamp of the clock.</param>
    public TimeSpan StalledFor(long now)
    {
        long started = Volatile.Read(ref _flushStarted);
        return started == 0 ? TimeSpan.Zero : clock.GetElapsedTime(started, now);
    }

    /// <summary>Sends what is written; waits while the client leaves too much unread.</summary>
    /// <exception cref="ConnectionResetException">Nobody reads any more.</exception>
    public async ValueTask FlushOrThrowAsync()
    {
        FlushResult result = await FlushAsync(CancellationToken.None);
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new ConnectionResetException("the client no longer reads its responses");
        }
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> flush = output.FlushAsync(cancellationToken);
        return flush.IsCompleted ? flush : AwaitFlushAsync(flush);
    }

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        output.Advance(bytes);
        WrittenBytes += bytes;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => output.UnflushedBytes;

    /// <inheritdoc/>
    public override void CancelPendingFlush() => output.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => output.Complete(exception);

    private async ValueTask<FlushResult> AwaitFlushAsync(ValueTask<FlushResult> flush)
    {
        // 0 means "not waiting", so a clock that stands at 0 is taken as 1.
        Volatile.Write(ref _flushStarted, Math.Max(1, clock.GetTimestamp()));
        try
        {
            return await flush;
        }
        finally
        {
            Volatile.Write(ref _flushStarted, 0);
        }
    }
}
