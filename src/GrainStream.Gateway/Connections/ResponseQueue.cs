using GrainStream.Gateway.Requests;
using Microsoft.AspNetCore.Connections;

namespace GrainStream.Gateway.Connections;

/// <summary>
/// A connection's requests in flight, in the order they came. Responses complete in any order, on any thread, and are sent in order:
/// the thread that completes the oldest one sends it at once, together with all that are ready behind it, unless another thread is
/// sending, which then takes them along. So nothing is handed from thread to thread, and sends are never concurrent.
/// </summary>
internal sealed class ResponseQueue
{
    /// <summary>
    /// Answers that wait for each other at most: a send costs little beside so many, and a client that does not read shows soon.
    /// </summary>
    private const int MaxHeld = 32;

    private readonly Lock _gate = new();
    private readonly Queue<RequestContext> _pending = new();
    private readonly KafkaConnection _connection;
    private readonly ResponseSender _sender;
    private readonly GatewayOptions _options;
    private int _inFlight;
    private long _inFlightBytes;
    private bool _sending;
    private int _held;
    private bool _closed;
    private Func<bool>? _awaited;
    private TaskCompletionSource? _waiter;

    public ResponseQueue(KafkaConnection connection, ResponseSender sender, GatewayOptions options)
    {
        _connection = connection;
        _sender = sender;
        _options = options;
    }

    /// <summary>Requests dispatched whose answers are not yet sent.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Takes the next place in the order for a request that is about to be dispatched. Called by the read loop only.</summary>
    public void Add(RequestContext request)
    {
        lock (_gate)
        {
            _pending.Enqueue(request);
            _inFlight++;
            _inFlightBytes += request.FrameBytes;
        }
    }

    /// <summary>Says that a request is completed. Sends on the calling thread what can be sent.</summary>
    public void Ready(RequestContext request)
    {
        bool isDropped;
        lock (_gate)
        {
            request.IsReady = true;
            isDropped = _closed;
            if (!isDropped)
            {
                if (_sending || _held > 0 || _pending.Peek() != request)
                {
                    return;
                }

                _sending = true;
            }
        }

        if (isDropped)
        {
            request.Release();
            return;
        }

        // Never faults, and is awaited through _sending when the connection closes.
        _ = SendReadyAsync();
    }

    /// <summary>
    /// Lets the next request's answer wait for others, until <see cref="SendHeld"/> or until enough wait. Called by the read loop only,
    /// which
    /// must not wait meanwhile.
    /// </summary>
    public void Hold()
    {
        if (_held >= MaxHeld)
        {
            SendHeld();
        }

        lock (_gate)
        {
            _held++;
        }
    }

    /// <summary>Ends <see cref="Hold"/>, and sends on the calling thread what can be sent. Called by the read loop only.</summary>
    public void SendHeld()
    {
        lock (_gate)
        {
            if (_held == 0)
            {
                return;
            }

            _held = 0;
            if (_closed || _sending || !_pending.TryPeek(out RequestContext? oldest) || !oldest.IsReady)
            {
                return;
            }

            _sending = true;
        }

        // Never faults, and is awaited through _sending when the connection closes.
        _ = SendReadyAsync();
    }

    /// <summary>
    /// Completes when the limits on requests in flight admit a further one and the client reads its answers. Called by the read loop only.
    /// </summary>
    public Task WaitForRoomAsync() => WaitAsync(HasRoom);

    /// <summary>Completes when every request is answered, or the queue is closed. Called by the read loop only.</summary>
    public Task WaitUntilAnsweredAsync() => WaitAsync(IsAnswered);

    /// <summary>
    /// Drops what is not sent, and completes when nothing is being sent. The transport is to be aborted before, lest a send waits for the
    /// client.
    /// </summary>
    public Task CloseAsync()
    {
        RequestContext[] dropped;
        lock (_gate)
        {
            _closed = true;
            dropped = [.. _pending.Where(request => request.IsReady)];
            _pending.Clear();
        }

        foreach (RequestContext request in dropped)
        {
            request.Release();
        }

        return WaitAsync(() => !_sending);
    }

    private bool HasRoom() =>
        _closed
        || (_inFlight < _options.MaxInFlightRequests
            && (_inFlight == 0 || _inFlightBytes < _options.MaxInFlightBytes)
            && !_sender.Output.IsStalled);

    private bool IsAnswered() => _closed || (_inFlight == 0 && !_sending);

    private Task WaitAsync(Func<bool> condition)
    {
        lock (_gate)
        {
            if (condition())
            {
                return Task.CompletedTask;
            }

            _awaited = condition;
            // The sending thread may be the journal's; it must not go on to read and dispatch.
            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }

    private void WakeWaiter()
    {
        if (_awaited is { } condition && condition())
        {
            _awaited = null;
            _waiter!.SetResult();
        }
    }

    private async Task SendReadyAsync()
    {
        Batch sent = default;
        try
        {
            while (TryTakeReady(ref sent, out RequestContext? next))
            {
                if (next is null)
                {
                    await _sender.Output.FlushOrThrowAsync();
                    sent.IsFlushed = true;
                }
                else if (next.Closes is { } cause)
                {
                    await _sender.Output.FlushOrThrowAsync();
                    throw cause;
                }
                else
                {
                    await SendAsync(next);
                }
            }
        }
        catch (Exception cause)
        {
            StopSending(cause);
        }
    }

    private async ValueTask SendAsync(RequestContext request)
    {
        long before = _sender.Output.WrittenBytes;
        try
        {
            if (request.HasResponse)
            {
                await request.SendAsync(_sender);
            }
        }
        finally
        {
            request.Release();
        }

        _connection.Answered(request, _sender.Output.WrittenBytes - before);
    }

    /// <summary>
    /// Takes the oldest request if it is ready; null if what was sent is to be flushed first. False when there is nothing left to do,
    /// and the calling thread is then no longer the sending one.
    /// </summary>
    private bool TryTakeReady(ref Batch sent, out RequestContext? next)
    {
        lock (_gate)
        {
            if (sent.IsFlushed)
            {
                _inFlight -= sent.Requests;
                _inFlightBytes -= sent.FrameBytes;
                sent = default;
                WakeWaiter();
            }

            if (!_closed && _pending.TryPeek(out next) && next.IsReady)
            {
                _pending.Dequeue();
                sent.Requests++;
                sent.FrameBytes += next.FrameBytes;
                return true;
            }

            next = null;
            if (sent.Requests > 0 && !_closed)
            {
                return true;
            }

            _sending = false;
            WakeWaiter();
            return false;
        }
    }

    private void StopSending(Exception cause)
    {
        // A response that was sent in part cannot be taken back: whatever went wrong, this connection is over.
        _connection.Close(cause switch
        {
            ConnectionClosedException closed => closed,
            ConnectionResetException or ConnectionAbortedException =>
                new ConnectionClosedException(CloseReason.ConnectionLost, cause.Message, cause),
            _ => new ConnectionClosedException(CloseReason.InternalError, "a response could not be sent", cause),
        });
        lock (_gate)
        {
            _closed = true;
            _sending = false;
            WakeWaiter();
        }
    }

    /// <summary>Requests whose answers are written and wait for the flush.</summary>
    private struct Batch
    {
        public int Requests;
        public long FrameBytes;
        public bool IsFlushed;
    }
}
