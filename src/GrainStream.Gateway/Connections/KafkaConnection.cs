using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using GrainStream.Gateway.Requests;
using GrainStream.Protocol.Messages;
using Microsoft.AspNetCore.Connections;

namespace GrainStream.Gateway.Connections;

/// <summary>
/// One client's connection. Its read loop cuts frames and dispatches them one after the other; they complete in the background and are
/// answered in order (<see cref="ResponseQueue"/>). The loop stops reading while too much is in flight, so the client feels it.
/// </summary>
internal sealed class KafkaConnection
{
    /// <summary>
    /// While no more than this waits to be dispatched, answers are held until it is, and sent as one: so a client that sends many small
    /// requests
    /// at once costs one send, and larger ones, which take longer to dispatch, delay no answer.
    /// </summary>
    private const int HoldBytes = 65_536;

    private readonly ConnectionContext _transport;
    private readonly ConnectionServices _services;
    private readonly GatewayOptions _options;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConnectionDeadlines _deadlines;
    private long _reservedBytes;
    private int _closed;

    public KafkaConnection(ConnectionContext transport, ConnectionServices services)
    {
        _transport = transport;
        _services = services;
        _options = services.Options;
        _deadlines = new ConnectionDeadlines(services.Options, services.Clock);
        Output = new ResponseOutput(transport.Transport.Output, services.Clock);
        Responses = new ResponseQueue(this, new ResponseSender(Output, services.Writers), services.Options);
    }

    /// <summary>Names the connection in the log.</summary>
    public string Id => _transport.ConnectionId;

    /// <summary>Where the client is.</summary>
    public EndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    /// <summary>Where the client reached this node.</summary>
    public EndPoint? LocalEndPoint => _transport.LocalEndPoint;

    /// <summary>Cancelled when the connection ends or the node stops.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>The requests in flight.</summary>
    public ResponseQueue Responses { get; }

    private ResponseOutput Output { get; }

    /// <summary>Serves the client until either side ends the connection.</summary>
    /// <param name="nodeStopping">Asks to finish: no further request is read, those in flight are answered.</param>
    public async Task RunAsync(CancellationToken nodeStopping)
    {
        using CancellationTokenRegistration lost = _transport.ConnectionClosed.UnsafeRegister(
            static connection => ((KafkaConnection)connection!)._closing.Cancel(), this);
        using CancellationTokenRegistration stopping = nodeStopping.UnsafeRegister(
            static connection => ((KafkaConnection)connection!).Close(new ConnectionClosedException(CloseReason.Stopping, "the node stops")),
            this);
        try
        {
            await ReadRequestsAsync();
        }
        catch (Exception cause)
        {
            Close(Classify(cause));
        }

        await FinishAsync();
    }

    /// <summary>
    /// Ends the connection in good order: no further request is read, those dispatched are answered. The first call's reason is logged.
    /// </summary>
    public void Close(ConnectionClosedException cause)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _services.Closed(this, cause);
            _closing.Cancel();
            _transport.Transport.Input.CancelPendingRead();
        }
    }

    /// <summary>Closes the connection if a time-out of it has passed. Called by <see cref="ConnectionSweep"/>.</summary>
    /// <param name="now">Timestamp of the clock.</param>
    public void CheckDeadlines(long now)
    {
        ConnectionClosedException? cause = _deadlines.Check(now, Output.StalledFor(now), Responses.InFlight > 0);
        if (cause is not null)
        {
            Close(cause);
            if (cause.Reason == CloseReason.StalledResponse)
            {
                // The sending thread waits for the client and the read loop for the sending thread: nothing ends by itself.
                Abort(cause.Message);
            }
        }
    }

    /// <summary>Breaks the connection off, and drops what is not sent.</summary>
    public void Abort(string reason) => _transport.Abort(new ConnectionAbortedException(reason));

    /// <summary>A request's answer is written, in so many bytes, or it needs none.</summary>
    public void Answered(RequestContext request, long bytes)
    {
        _deadlines.Active();
        _services.Instruments.Sent(bytes);
        _services.Instruments.RequestCompleted(request.Header.Key, _services.Clock.GetElapsedTime(request.StartedAt));
    }

    /// <summary>A handler failed in a way it did not foresee.</summary>
    public void RequestFailed(in RequestHeader header, Exception cause) =>
        GatewayLog.RequestFailed(_services.Logger, header.Key, header.Version, RemoteEndPoint, cause);

    private bool IsClosed => Volatile.Read(ref _closed) != 0;

    private async Task ReadRequestsAsync()
    {
        PipeReader input = _transport.Transport.Input;
        int needed = 1;
        while (!IsClosed)
        {
            ReadResult result = await ReadAsync(input, needed);
            ReadOnlySequence<byte> buffer = result.Buffer;
            try
            {
                while (!IsClosed
                    && RequestFrame.TryTake(ref buffer, _options.MaxRequestBytes, out ReadOnlySequence<byte> frame, out needed))
                {
                    if (buffer.Length > HoldBytes)
                    {
                        Responses.SendHeld();
                    }
                    else if (!buffer.IsEmpty)
                    {
                        Responses.Hold();
                    }

                    ValueTask dispatched = DispatchAsync(frame);
                    if (!dispatched.IsCompletedSuccessfully)
                    {
                        Responses.SendHeld();
                        await dispatched;
                    }
                }
            }
            finally
            {
                Responses.SendHeld();

                // Examined is consumed on purpose: ReadAtLeastAsync counts from there, and lets a frame above the pipe's limit flow.
                input.AdvanceTo(buffer.Start);
                ReleaseMemory();
            }

            if (result.IsCompleted && !IsClosed)
            {
                throw buffer.IsEmpty
                    ? new ConnectionClosedException(CloseReason.ClosedByClient, "the client closed it")
                    : new ConnectionClosedException(
                        CloseReason.TruncatedFrame, $"the client closed it after {buffer.Length} bytes of a frame of {needed}");
            }
        }
    }

    private async ValueTask DispatchAsync(ReadOnlySequence<byte> frame)
    {
        await Responses.WaitForRoomAsync();
        if (!IsClosed)
        {
            _services.Instruments.Received(RequestFrame.LengthBytes + frame.Length);
            await _services.Dispatcher.DispatchAsync(this, frame);
        }
    }

    private async ValueTask<ReadResult> ReadAsync(PipeReader input, int needed)
    {
        if (needed > _options.ReadBufferBytes)
        {
            await _services.RequestMemory.ReserveAsync(needed, _closing.Token);
            _reservedBytes = needed;
        }

        _deadlines.Waiting(needed);
        ReadResult result = await input.ReadAtLeastAsync(needed);
        _deadlines.Received();
        return result;
    }

    private void ReleaseMemory()
    {
        if (_reservedBytes > 0)
        {
            _services.RequestMemory.Release(_reservedBytes);
            _reservedBytes = 0;
        }
    }

    private async Task FinishAsync()
    {
        ReleaseMemory();
        try
        {
            await Responses.WaitUntilAnsweredAsync().WaitAsync(_options.DrainTimeout, _services.Clock);
        }
        catch (TimeoutException)
        {
            // The client does not read, or a handler does not end; either way its answers are dropped below.
        }

        Task closed = Responses.CloseAsync();
        if (!closed.IsCompleted)
        {
            Abort("A response could not be sent before the connection ended.");
            await closed;
        }
    }

    private ConnectionClosedException Classify(Exception cause) => cause switch
    {
        ConnectionClosedException closed => closed,
        Protocol.Wire.MalformedMessageException => new ConnectionClosedException(CloseReason.MalformedRequest, cause.Message, cause),
        ConnectionResetException or ConnectionAbortedException =>
            new ConnectionClosedException(CloseReason.ConnectionLost, cause.Message, cause),
        OperationCanceledException when _closing.IsCancellationRequested =>
            new ConnectionClosedException(CloseReason.ConnectionLost, "the client went away while its request waited", cause),
        _ => new ConnectionClosedException(CloseReason.InternalError, "the connection's read loop failed", cause),
    };
}
