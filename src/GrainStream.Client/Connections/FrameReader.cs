using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace GrainStream.Client.Connections;

/// <summary>
/// Cuts frames out of what a socket receives. Small frames come several to a system call; the rest of a large one is received straight into
/// its own array. For one thread at a time.
/// </summary>
internal sealed class FrameReader(Socket socket, int maxFrameBytes)
{
    private const int BufferBytes = 64 * 1024;
    private const int LengthBytes = sizeof(int);

    // A response has at least its correlation id.
    private const int MinFrameBytes = sizeof(int);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>The next frame, which the caller disposes; null if the peer has ended the connection between two frames.</summary>
    /// <exception cref="InvalidDataException">The peer does not send frames, or ends within one.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    public async ValueTask<ResponseFrame?> ReadAsync()
    {
        while (_end - _start < LengthBytes)
        {
            if (_end - _start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            }

            _end -= _start;
            _start = 0;
            int count = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
            if (count == 0)
            {
                return _end == 0 ? null : throw new InvalidDataException("the connection ended in the middle of a response");
            }

            _end += count;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        _start += LengthBytes;
        if (length < MinFrameBytes || length > maxFrameBytes)
        {
            throw new InvalidDataException($"a response says it has {length} bytes, which no Kafka response has; is it a Kafka broker that listens there, without TLS?");
        }

        byte[] frame = ArrayPool<byte>.Shared.Rent(length);
        int filled = Math.Min(length, _end - _start);
        _buffer.AsSpan(_start, filled).CopyTo(frame);
        _start += filled;
        while (filled < length)
        {
            int count = await socket.ReceiveAsync(frame.AsMemory(filled, length - filled), SocketFlags.None);
            if (count == 0)
            {
                throw new InvalidDataException("the connection ended in the middle of a response");
            }

            filled += count;
        }

        return new ResponseFrame(frame, length);
    }
}
