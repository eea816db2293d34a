using System.Buffers;
using System.Buffers.Binary;

namespace GrainStream.Gateway.Connections;

/// <summary>
/// Cuts request frames from the bytes of a connection: <code>length i32, big-endian | that many bytes</code>
/// </summary>
internal static class RequestFrame
{
    /// <summary>Bytes of the length field.</summary>
    public const int LengthBytes = sizeof(int);

    /// <summary>Smallest request: API key, version, correlation id, length of the client id.</summary>
    public const int SmallestRequest = 10;

    /// <summary>
    /// Takes the first frame off <paramref name="buffer"/> if it is there in full.
    /// </summary>
    /// <param name="buffer">Received bytes; what remains of them when a frame is taken.</param>
    /// <param name="maxRequestBytes">Largest frame to accept.</param>
    /// <param name="frame">The frame without its length.</param>
    /// <param name="needed">If there is none: bytes, counted from the start of <paramref name="buffer"/>, without which nothing can be
    /// done.</param>
    /// <exception cref="ConnectionClosedException">The length cannot be a request's.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, int maxRequestBytes, out ReadOnlySequence<byte> frame, out int needed)
    {
        frame = default;
        if (buffer.Length < LengthBytes)
        {
            needed = buffer.IsEmpty ? 1 : LengthBytes;
            return false;
        }

        int length = ReadLength(buffer);
        if (length < SmallestRequest || length > maxRequestBytes)
        {
            throw new ConnectionClosedException(CloseReason.InvalidFrameLength, Explain(length, maxRequestBytes));
        }

        needed = LengthBytes + length;
        if (buffer.Length < needed)
        {
            return false;
        }

        frame = buffer.Slice(LengthBytes, length);
        buffer = buffer.Slice(frame.End);
        return true;
    }

    private static int ReadLength(in ReadOnlySequence<byte> buffer)
    {
        ReadOnlySpan<byte> first = buffer.FirstSpan;
        if (first.Length >= LengthBytes)
        {
            return BinaryPrimitives.ReadInt32BigEndian(first);
        }

        Span<byte> length = stackalloc byte[LengthBytes];
        buffer.Slice(0, LengthBytes).CopyTo(length);
        return BinaryPrimitives.ReadInt32BigEndian(length);
    }

    private static string Explain(int length, int maxRequestBytes)
    {
        // The usual mistakes: a browser or a TLS client on the plaintext port.
        string guess = length switch
        {
            _ when (length >>> 8) is 0x160300 or 0x160301 or 0x160302 or 0x160303 =>
                "; these bytes begin a TLS handshake, and this port speaks plaintext",
            0x47455420 or 0x504F5354 or 0x48454144 or 0x50555420 or 0x50524920 =>
                "; these bytes begin an HTTP request, and this port speaks Kafka",
            _ => "",
        };
        return length < SmallestRequest
            ? $"a frame length of {length} is too small for a request{guess}"
            : $"a frame length of {length} is above socket.request.max.bytes ({maxRequestBytes}){guess}";
    }
}
