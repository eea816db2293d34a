using System.Net.Sockets;
using GrainStream.Client.Errors;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Client.Connections;

/// <summary>
/// One connection to one broker. Requests may be sent while others are under way; the broker answers them in order. A broken connection stays
/// broken: whoever needs another one opens it.
/// </summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    private readonly KafkaClientOptions _options;
    private readonly Socket _socket;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<PendingResponse> _pending = new();
    private readonly Task _receiving;
    private int _correlationId;
    private Exception? _broken;

    private BrokerConnection(BrokerAddress address, KafkaClientOptions options, Socket socket)
    {
        Address = address;
        _options = options;
        _socket = socket;
        _reader = new FrameReader(socket, options.MaxResponseBytes);
        _writer = new FrameWriter(socket, options.ClientId);
        Versions = new ApiVersionTable(address, []);
        _receiving = Task.Run(ReceiveAsync);
    }

    public BrokerAddress Address { get; }

    /// <summary>What the broker can do.</summary>
    public ApiVersionTable Versions { get; private set; }

    public bool IsBroken => Volatile.Read(ref _broken) is not null;

    /// <summary>Connects and asks what the broker can do.</summary>
    /// <exception cref="BrokerUnreachableException">Nothing answers there, or no Kafka broker.</exception>
    public static async Task<BrokerConnection> OpenAsync(BrokerAddress address, KafkaClientOptions options)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using CancellationTokenSource limit = new(options.ConnectTimeout, options.Time);
            await socket.ConnectAsync(address.Host, address.Port, limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw new BrokerUnreachableException(address, ConnectDiagnosis.Describe(address, e, options.ConnectTimeout), e);
        }

        BrokerConnection connection = new(address, options, socket);
        try
        {
            await connection.NegotiateAsync();
            return connection;
        }
        catch (Exception)
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a request and waits for its response, in the highest version both sides know.</summary>
    /// <exception cref="BrokerUnreachableException">The connection broke, or the answer did not come in time.</exception>
    /// <exception cref="UnsupportedApiException">The broker does not take the request.</exception>
    public Task<TResponse> CallAsync<TRequest, TResponse>(TRequest request, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse> =>
        CallAsync<TRequest, TResponse>(_ => request, short.MaxValue, _options.RequestTimeout, cancellation);

    /// <inheritdoc cref="CallAsync{TRequest, TResponse}(TRequest, CancellationToken)"/>
    /// <param name="build">Makes the request, given the version.</param>
    /// <param name="atMost">Highest version wanted.</param>
    /// <param name="timeout">How long to wait for the response.</param>
    /// <param name="cancellation">Stops waiting; the broker may still act on the request.</param>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        Func<short, TRequest> build, short atMost, TimeSpan timeout, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse>
    {
        short version = Versions.Choose<TRequest, TResponse>(atMost);
        using ResponseFrame frame = await SendAsync(build(version), version, timeout, cancellation);
        return frame.Read<TResponse>(version, Address);
    }

    /// <summary>Sends a request and waits for the bytes of its response, which the caller disposes.</summary>
    /// <exception cref="BrokerUnreachableException">The connection broke, or the answer did not come in time.</exception>
    public async Task<ResponseFrame> SendAsync<TRequest>(TRequest request, short version, TimeSpan timeout, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest>
    {
        PendingResponse pending = await EnqueueAsync(request, version, expectsResponse: true, cancellation);
        try
        {
            return await pending.Frame.WaitAsync(timeout, _options.Time, cancellation);
        }
        catch (TimeoutException e)
        {
            pending.Abandon();
            BrokerUnreachableException reason = new(
                Address, $"Broker {Address} did not answer {TRequest.Key} within {timeout.TotalSeconds:0.#} s. It may be overloaded, stopped, or cut off by a firewall.", e);
            Break(reason);
            throw reason;
        }
        catch (OperationCanceledException)
        {
            pending.Abandon();
            throw;
        }
    }

    /// <summary>Sends a request that has no response: Produce with acks 0.</summary>
    /// <exception cref="BrokerUnreachableException">The connection broke.</exception>
    public async Task SendOneWayAsync<TRequest>(TRequest request, short version, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest> => await EnqueueAsync(request, version, expectsResponse: false, cancellation);

    public async ValueTask DisposeAsync()
    {
        Break(new BrokerUnreachableException(Address, $"The connection to broker {Address} was closed by this client."));
        await _receiving;
        await _turn.WaitAsync();
        _writer.Dispose();
        _turn.Dispose();
    }

    private async Task<PendingResponse> EnqueueAsync<TRequest>(TRequest request, short version, bool expectsResponse, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest>
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            PendingResponse pending = new(_correlationId++);
            _writer.Prepare(request, version, pending.CorrelationId);
            lock (_pending)
            {
                if (_broken is not null)
                {
                    throw new BrokerUnreachableException(Address, _broken.Message, _broken);
                }

                if (expectsResponse)
                {
                    _pending.Enqueue(pending);
                }
            }

            await _writer.SendAsync();
            return pending;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Exception reason = Break(new BrokerUnreachableException(Address, $"The connection to broker {Address} broke: {e.Message}.", e));
            throw new BrokerUnreachableException(Address, reason.Message, reason);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task NegotiateAsync()
    {
        ApiVersionsRequest request = new() { ClientSoftwareName = "grainstream", ClientSoftwareVersion = ClientVersion.Text };
        short version = Math.Min((short)3, ApiVersionsRequest.HighestVersion);
        for (;;)
        {
            using ResponseFrame frame = await SendAsync(request, version, _options.RequestTimeout, CancellationToken.None);
            bool isRefused = frame.PeekError() == ErrorCode.UnsupportedVersion;

            if (isRefused && version > 0)
            {
                version = LowerVersion(frame, version);
                continue;
            }

            ApiVersionsResponse response = frame.Read<ApiVersionsResponse>(version, Address);
            Versions = response.ErrorCode == ErrorCode.None
                ? new ApiVersionTable(Address, response.ApiKeys)
                : throw new KafkaErrorException(response.ErrorCode, ApiKey.ApiVersions, $"Cannot talk to broker {Address}", broker: Address);
            return;
        }
    }

    /// <summary>
    /// The version to try next. A broker that lacks a version answers in version 0 all the same, so that it can be understood (KIP-511); where it cannot be
    /// (librdkafka's mock cluster), it will know version 0.
    /// </summary>
    private short LowerVersion(ResponseFrame frame, short refused)
    {
        try
        {
            ApiVersionsResponse response = frame.Read<ApiVersionsResponse>(version: 0, Address);
            short offered = response.ApiKeys.Where(api => api.ApiKey == ApiKey.ApiVersions).Select(api => api.MaxVersion).FirstOrDefault();
            return Math.Clamp(offered, (short)0, (short)(refused - 1));
        }
        catch (UnreadableResponseException)
        {
            return 0;
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await _reader.ReadAsync() is { } frame)
            {
                PendingResponse? pending;
                lock (_pending)
                {
                    _pending.TryDequeue(out pending);
                }

                if (pending is null || pending.CorrelationId != frame.CorrelationId)
                {
                    frame.Dispose();
                    throw new InvalidDataException("the broker answered what it was not asked");
                }

                pending.Complete(frame);
            }

            Break(new BrokerUnreachableException(Address, $"Broker {Address} closed the connection. It may be stopping; its log may say why."));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidDataException)
        {
            Break(new BrokerUnreachableException(Address, $"The connection to broker {Address} broke: {e.Message}.", e));
        }
    }

    /// <summary>Ends the connection, once; whoever waits gets the reason. Returns the first reason there was.</summary>
    private Exception Break(Exception reason)
    {
        PendingResponse[] waiting;
        lock (_pending)
        {
            if (_broken is not null)
            {
                return _broken;
            }

            _broken = reason;
            waiting = [.. _pending];
            _pending.Clear();
        }

        _socket.Dispose();
        foreach (PendingResponse pending in waiting)
        {
            pending.Fail(new BrokerUnreachableException(Address, reason.Message, reason));
        }

        return reason;
    }
}
