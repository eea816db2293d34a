using System.Net.Sockets;
using System.Runtime.InteropServices;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Client.Connections;

/// <summary>Puts requests on a socket, record batches without copying them. For one request at a time.</summary>
internal sealed class FrameWriter(Socket socket, string clientId) : IDisposable
{
    private readonly KafkaWriter _writer = new();
    private readonly List<ArraySegment<byte>> _pieces = [];

    /// <summary>Lays a request out. Nothing has been sent yet.</summary>
    /// <exception cref="InvalidOperationException">The request says what this version cannot.</exception>
    public void Prepare<TRequest>(TRequest request, short version, int correlationId)
        where TRequest : IKafkaRequest<TRequest>
    {
        _writer.Reset();
        int length = _writer.ReserveInt32();
        new RequestHeader(TRequest.Key, version, correlationId, clientId).Write(_writer);
        request.Write(_writer, version);
        _writer.PatchInt32(length, _writer.TotalLength - sizeof(int));
    }

    /// <summary>Sends what was prepared. Not to be cancelled: a part of a frame would garble all that follows.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public async Task SendAsync()
    {
        if (_writer.Splices.IsEmpty)
        {
            ReadOnlyMemory<byte> rest = _writer.WrittenMemory;
            while (!rest.IsEmpty)
            {
                rest = rest[await socket.SendAsync(rest, SocketFlags.None)..];
            }

            return;
        }

        CollectPieces();
        while (_pieces.Count > 0)
        {
            DropSent(await socket.SendAsync(_pieces, SocketFlags.None));
        }
    }

    public void Dispose() => _writer.Dispose();

    private void CollectPieces()
    {
        _pieces.Clear();
        int from = 0;
        foreach (RecordSplice splice in _writer.Splices)
        {
            Add(_writer.WrittenMemory[from..splice.Position]);
            Add(((BatchPayload)splice.Payload).Bytes);
            from = splice.Position;
        }

        Add(_writer.WrittenMemory[from..]);
    }

    private void Add(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _pieces.Add(MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
            ? segment
            : throw new InvalidOperationException("Batches are built in arrays; this memory is none."));
    }

    private void DropSent(int sent)
    {
        int whole = 0;
        while (whole < _pieces.Count && sent >= _pieces[whole].Count)
        {
            sent -= _pieces[whole++].Count;
        }

        _pieces.RemoveRange(0, whole);
        if (sent > 0)
        {
            _pieces[0] = _pieces[0][sent..];
        }
    }
}
