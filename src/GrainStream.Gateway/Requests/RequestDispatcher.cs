using System.Buffers;
using GrainStream.Gateway.Connections;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Gateway.Requests;

/// <summary>Reads request headers and hands each request to the handler of its API.</summary>
internal sealed class RequestDispatcher
{
    private readonly RequestHandler?[] _handlers;
    private readonly TimeProvider _clock;

    public RequestDispatcher(HandlerRegistry registry, TimeProvider clock)
    {
        _clock = clock;
        _handlers = new RequestHandler?[registry.Handlers.Max(handler => (int)handler.ApiKey) + 1];
        foreach (RequestHandler handler in registry.Handlers)
        {
            _handlers[(int)handler.ApiKey] = handler;
        }
    }

    /// <summary>Starts one request; completes when its bytes are no longer needed.</summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="frame">The frame without its length; borrowed.</param>
    /// <exception cref="ConnectionClosedException">No handler serves it.</exception>
    /// <exception cref="MalformedMessageException">It does not decode.</exception>
    public ValueTask DispatchAsync(KafkaConnection connection, ReadOnlySequence<byte> frame)
    {
        var reader = new KafkaReader(frame);
        RequestHeader header = RequestHeader.Read(ref reader);
        var incoming = new IncomingRequest(header, (int)frame.Length, _clock.GetTimestamp());
        RequestHandler handler = Find(header);
        if (frame.Length > handler.MaxFrameBytes)
        {
            throw new ConnectionClosedException(
                CloseReason.InvalidFrameLength,
                $"a {header.Key} request of {frame.Length} bytes is above the limit of {handler.MaxFrameBytes}");
        }

        if (header.Version < handler.LowestVersion || header.Version > handler.HighestVersion)
        {
            return RefuseVersion(handler, connection, incoming);
        }

        return handler.RunsAlone
            ? DispatchAloneAsync(handler, connection, incoming, frame.Slice(reader.Position))
            : handler.DispatchAsync(connection, incoming, ref reader);
    }

    private static async ValueTask DispatchAloneAsync(
        RequestHandler handler, KafkaConnection connection, IncomingRequest incoming, ReadOnlySequence<byte> body)
    {
        // Such requests may take long, creating ten thousand partitions for instance, and this may be a thread that polls sockets.
        await Task.Yield();
        await connection.Responses.WaitUntilAnsweredAsync();
        await StartAsync();
        await connection.Responses.WaitUntilAnsweredAsync();

        ValueTask StartAsync()
        {
            var reader = new KafkaReader(body);
            return handler.DispatchAsync(connection, incoming, ref reader);
        }
    }

    private static ValueTask RefuseVersion(RequestHandler handler, KafkaConnection connection, in IncomingRequest incoming) =>
        handler.TryRefuseVersion(connection, incoming)
            ? ValueTask.CompletedTask
            : throw new ConnectionClosedException(
                CloseReason.UnsupportedVersion,
                $"{handler.ApiKey} is served at versions {handler.LowestVersion} to {handler.HighestVersion}, not {incoming.Header.Version}");

    private RequestHandler Find(in RequestHeader header)
    {
        int key = (short)header.Key;
        return (uint)key < (uint)_handlers.Length && _handlers[key] is { } handler
            ? handler
            : throw new ConnectionClosedException(CloseReason.UnsupportedApi, $"there is no API with key {key}");
    }
}
