using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;
using GrainStream.TestKit;

namespace GrainStream.Gateway.Tests.Connections;

/// <summary>A client that speaks in bytes.</summary>
internal sealed class TestClient : IDisposable
{
    private readonly Socket _socket;
    private int _correlationId;

    private TestClient(Socket socket) => _socket = socket;

    /// <summary>The gateway's port.</summary>
    public int RemotePort => ((IPEndPoint)_socket.RemoteEndPoint!).Port;

    public static async Task<TestClient> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        return new TestClient(socket);
    }

    /// <summary>A whole frame: length, header, body.</summary>
    public static byte[] Frame(ApiKey key, short version, int correlationId, IKafkaMessage body)
    {
        using var writer = new KafkaWriter();
        int length = writer.ReserveInt32();
        new RequestHeader(key, version, correlationId, "test").Write(writer);
        body.Write(writer, version);
        writer.PatchInt32(length, writer.TotalLength - sizeof(int));
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>A frame with an <see cref="EchoRequest"/>; its number is the correlation id too.</summary>
    public static byte[] Echo(int number, int bytes = 0) =>
        Frame(EchoRequest.Key, 1, number, new EchoRequest { Number = number, Bytes = new byte[bytes] });

    public async Task SendAsync(params byte[][] parts)
    {
        foreach (byte[] part in parts)
        {
            await Eventually.CompletesAsync("the bytes are sent", SendAllAsync(part));
        }
    }

    /// <summary>Sends as long as the gateway takes bytes at once; the number of bytes it took.</summary>
    public int SendWhatFits(byte[] bytes)
    {
        _socket.Blocking = false;
        int sent = 0;
        while (sent < bytes.Length)
        {
            int now = _socket.Send(bytes.AsSpan(sent), SocketFlags.None, out SocketError error);
            if (error != SocketError.Success)
            {
                break;
            }

            sent += now;
        }

        _socket.Blocking = true;
        return sent;
    }

    /// <summary>The next response frame without its length.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        byte[] length = await ReadAsync(sizeof(int)) ?? throw new EndOfStreamException("The gateway closed the connection.");
        return await ReadAsync(BinaryPrimitives.ReadInt32BigEndian(length)) ?? throw new EndOfStreamException("The gateway closed the connection.");
    }

    /// <summary>The next response, decoded.</summary>
    public async Task<(int CorrelationId, TResponse Response)> ReceiveAsync<TResponse>(short version)
        where TResponse : IKafkaResponse<TResponse>
    {
        byte[] frame = await ReceiveAsync();
        var reader = new KafkaReader(frame);
        ResponseHeader header = ResponseHeader.Read(ref reader, TResponse.Key, version);
        TResponse response = TResponse.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return (header.CorrelationId, response);
    }

    /// <summary>Sends a request and receives its answer.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(short version, TRequest request)
        where TRequest : IKafkaRequest<TRequest>
        where TResponse : IKafkaResponse<TResponse>
    {
        int correlationId = ++_correlationId;
        await SendAsync(Frame(TRequest.Key, version, correlationId, request));
        (int answered, TResponse response) = await ReceiveAsync<TResponse>(version);
        Assert.Equal(correlationId, answered);
        return response;
    }

    /// <summary>The number in the next echo response, which has to match its correlation id.</summary>
    public async Task<int> ReceiveEchoAsync()
    {
        (int correlationId, EchoResponse response) = await ReceiveAsync<EchoResponse>(1);
        Assert.Equal(correlationId, response.Number);
        return response.Number;
    }

    /// <summary>Whether the gateway ends the connection without sending anything more.</summary>
    public async Task<bool> IsClosedAsync() => await ReadAsync(1) is null;

    /// <summary>Sends, unless the gateway has closed the connection.</summary>
    public async Task TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Eventually.CompletesAsync("the bytes are sent", SendAllAsync(bytes));
        }
        catch (SocketException cause) when (cause.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // Closed by the gateway, as it may; what it sent before can still be read.
        }
    }

    /// <summary>Reads and drops everything up to the end of the connection.</summary>
    public async Task DrainAsync()
    {
        byte[] bytes = new byte[16_384];
        while (await ReadSomeAsync(bytes) > 0)
        {
        }
    }

    /// <summary>Says that nothing more will be sent, and stays to read.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Says that nothing more will be sent, unless the gateway has closed the connection.</summary>
    public void TryFinishSending()
    {
        try
        {
            FinishSending();
        }
        catch (SocketException cause) when (cause.SocketErrorCode is SocketError.ConnectionReset or SocketError.NotConnected)
        {
            // Closed by the gateway, as it may.
        }
    }

    /// <summary>Whether the gateway's end of the connection is gone; found out by sending a byte.</summary>
    public bool IsRefusedSending()
    {
        _socket.Send([0], SocketFlags.None, out SocketError error);
        return error is SocketError.ConnectionReset or SocketError.Shutdown;
    }

    /// <summary>Breaks the connection off.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes)..];
        }
    }

    /// <summary>So many bytes; null at the end of the connection.</summary>
    private async Task<byte[]?> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        int read = 0;
        while (read < count)
        {
            int now = await ReadSomeAsync(bytes.AsMemory(read));
            if (now == 0)
            {
                return null;
            }

            read += now;
        }

        return bytes;
    }

    /// <summary>The bytes that are there; 0 at the end of the connection.</summary>
    private async Task<int> ReadSomeAsync(Memory<byte> bytes)
    {
        try
        {
            return await Eventually.CompletesAsync("the gateway sends something", _socket.ReceiveAsync(bytes).AsTask());
        }
        catch (SocketException cause) when (cause.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
