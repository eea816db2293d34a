using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace GrainStream.Protocol.Wire;

/// <summary>
/// Writes Kafka's primitive types into one growing buffer, for one frame at a time. Record payloads are not copied: their length is
/// written and a <see cref="RecordSplice"/> notes where they belong.
/// </summary>
/// <remarks>
/// Reusable: <see cref="Reset"/> starts the next frame. For one thread at a time. The buffer comes from the shared array pool
/// and goes back with <see cref="Dispose"/>, after which the writer may be used no more.
/// <code>
///  buffer  [ header, throttle, ..., length ][ next partition ..., length ][ rest ]
///  splices                                 ^ payload                     ^ payload
/// </code>
/// </remarks>
public sealed class KafkaWriter : IDisposable
{
    // Most responses fit; a larger buffer is dropped on reset so that one huge response does not pin memory for good.
    private const int InitialBytes = 1024;
    private const int MaximumRetainedBytes = 256 * 1024;

    private readonly List<RecordSplice> _splices = [];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _position;
    private int _spliceBytes;

    /// <summary>Bytes of the frame so far: those in the buffer and those of the splices.</summary>
    public int TotalLength => _position + _spliceBytes;

    /// <summary>What is in the buffer. Valid until the next write, reset or dispose.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _position);

    /// <inheritdoc cref="WrittenSpan"/>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _position);

    /// <summary>Payloads in the order of their positions. Valid until the next write, reset or dispose.</summary>
    public ReadOnlySpan<RecordSplice> Splices => CollectionsMarshal.AsSpan(_splices);

    /// <summary>Forgets what was written.</summary>
    public void Reset()
    {
        _position = 0;
        _spliceBytes = 0;
        _splices.Clear();
        if (_buffer.Length > MaximumRetainedBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _position = 0;
        _splices.Clear();
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes a zero to be set by <see cref="PatchInt32"/>, and returns where: the length of a frame is known at its end.</summary>
    public int ReserveInt32()
    {
        int position = _position;
        WriteInt32(0);
        return position;
    }

    /// <summary>Sets four bytes that were written before.</summary>
    public void PatchInt32(int position, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, _position - sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position), value);
    }

    public void WriteBoolean(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt8(sbyte value) => Take(1)[0] = unchecked((byte)value);

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), value);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(sizeof(ushort)), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(sizeof(uint)), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Take(sizeof(double)), value);

    /// <summary>16 bytes in the order of the canonical text form.</summary>
    public void WriteUuid(Guid value) => value.TryWriteBytes(Take(16), bigEndian: true, out _);

    /// <summary>Seven bits a byte, lowest first.</summary>
    public void WriteUnsignedVarInt(uint value)
    {
        Span<byte> target = Take(UnsignedVarIntSize(value));
        PutUnsignedVarInt(target, value);
    }

    /// <summary>Zigzag: small magnitudes of either sign take few bytes.</summary>
    public void WriteVarInt(int value) => WriteUnsignedVarInt((uint)((value << 1) ^ (value >> 31)));

    /// <inheritdoc cref="WriteVarInt"/>
    public void WriteVarLong(long value)
    {
        ulong raw = (ulong)((value << 1) ^ (value >> 63));
        while (raw > 0x7F)
        {
            Take(1)[0] = (byte)(raw | 0x80);
            raw >>= 7;
        }

        Take(1)[0] = (byte)raw;
    }

    /// <summary>UTF-8 after a 16-bit length, or a variable one of length + 1 if <paramref name="compact"/>.</summary>
    /// <exception cref="InvalidOperationException">The string is too long for a 16-bit length.</exception>
    public void WriteString(string value, bool compact)
    {
        ArgumentNullException.ThrowIfNull(value);
        int length = Encoding.UTF8.GetByteCount(value);
        if (compact)
        {
            WriteUnsignedVarInt((uint)length + 1);
        }
        else if (length <= short.MaxValue)
        {
            WriteInt16((short)length);
        }
        else
        {
            throw new InvalidOperationException($"A string of {length} bytes exceeds the {short.MaxValue} that this version can carry.");
        }

        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <inheritdoc cref="WriteString"/>
    public void WriteNullableString(string? value, bool compact)
    {
        if (value is not null)
        {
            WriteString(value, compact);
        }
        else if (compact)
        {
            WriteUnsignedVarInt(0);
        }
        else
        {
            WriteInt16(-1);
        }
    }

    /// <summary>Bytes after a 32-bit length, or a variable one of length + 1 if <paramref name="compact"/>.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value, bool compact)
    {
        WriteLength(value.Length, compact);
        value.CopyTo(Take(value.Length));
    }

    /// <inheritdoc cref="WriteBytes(ReadOnlySpan{byte}, bool)"/>
    public void WriteBytes(ReadOnlySequence<byte> value, bool compact)
    {
        int length = RequireInt32(value.Length);
        WriteLength(length, compact);
        value.CopyTo(Take(length));
    }

    /// <inheritdoc cref="WriteBytes(ReadOnlySpan{byte}, bool)"/>
    public void WriteNullableBytes(byte[]? value, bool compact)
    {
        if (value is null)
        {
            WriteLength(-1, compact);
        }
        else
        {
            WriteBytes(value, compact);
        }
    }

    /// <inheritdoc cref="WriteBytes(ReadOnlySpan{byte}, bool)"/>
    public void WriteNullableBytes(ReadOnlySequence<byte>? value, bool compact)
    {
        if (value is null)
        {
            WriteLength(-1, compact);
        }
        else
        {
            WriteBytes(value.Value, compact);
        }
    }

    /// <summary>Writes the payload's length and notes a splice; null is sent as null.</summary>
    public void WriteRecords(IRecordPayload? payload, bool compact)
    {
        if (payload is null)
        {
            WriteLength(-1, compact);
            return;
        }

        WriteLength(payload.Length, compact);
        int spliced = RequireInt32((long)_spliceBytes + payload.Length);
        RequireInt32((long)spliced + _position);
        _spliceBytes = spliced;
        _splices.Add(new RecordSplice(_position, payload));
    }

    /// <summary>Splices a set made of a payload; borrowed bytes are copied.</summary>
    public void WriteRecords(RecordSet records, bool compact)
    {
        if (records.IsNull || records.Payload is not null)
        {
            WriteRecords(records.Payload, compact);
        }
        else
        {
            WriteBytes(records.Bytes, compact);
        }
    }

    /// <summary>Number of elements that follow; -1 for a null array.</summary>
    public void WriteArrayLength(int count, bool compact) => WriteLength(count, compact);

    /// <summary>Bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Writes a tag; its value is written next, then <see cref="EndTag"/> is called with what this returned.</summary>
    public int BeginTag(uint tag)
    {
        WriteUnsignedVarInt(tag);
        Take(1)[0] = 0;
        return _position;
    }

    /// <summary>Sets the size of a tagged field. Values of 128 bytes and more are moved up to make room for it.</summary>
    public void EndTag(int begin)
    {
        int size = _position - begin;
        int inner = _splices.Count;
        while (inner > 0 && _splices[inner - 1].Position >= begin)
        {
            size += _splices[--inner].Payload.Length;
        }

        int extra = UnsignedVarIntSize((uint)size) - 1;
        if (extra > 0)
        {
            int valueEnd = _position;
            Take(extra);
            _buffer.AsSpan(begin, valueEnd - begin).CopyTo(_buffer.AsSpan(begin + extra));
            for (; inner < _splices.Count; inner++)
            {
                _splices[inner] = _splices[inner] with { Position = _splices[inner].Position + extra };
            }
        }

        PutUnsignedVarInt(_buffer.AsSpan(begin - 1), (uint)size);
    }

    /// <summary>What generated code throws for a value that the version cannot carry and that must not be dropped.</summary>
    public static InvalidOperationException FieldNotInVersion(string field, short version) =>
        new($"{field} is set, but version {version} of the message lacks it.");

    /// <summary>What generated code throws for a null that the version cannot say.</summary>
    public static InvalidOperationException NullNotInVersion(string field, short version) =>
        new($"{field} is null, which version {version} of the message cannot say.");

    private static int UnsignedVarIntSize(uint value) => (BitOperations.Log2(value | 1) / 7) + 1;

    private static void PutUnsignedVarInt(Span<byte> target, uint value)
    {
        int index = 0;
        while (value > 0x7F)
        {
            target[index++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[index] = (byte)value;
    }

    private static int RequireInt32(long bytes) => bytes <= int.MaxValue
        ? (int)bytes
        : throw new InvalidOperationException($"A frame of {bytes} bytes exceeds what a length can say ({int.MaxValue}).");

    /// <summary>-1 is null.</summary>
    private void WriteLength(int length, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarInt((uint)(length + 1));
        }
        else
        {
            WriteInt32(length);
        }
    }

    private Span<byte> Take(int count)
    {
        if (count > _buffer.Length - _position)
        {
            Grow(count);
        }

        Span<byte> taken = _buffer.AsSpan(_position, count);
        _position += count;
        return taken;
    }

    private void Grow(int count)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        int needed = RequireInt32((long)_position + count);
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(_buffer.Length * 2L, needed, Math.Max(needed, Array.MaxLength)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
