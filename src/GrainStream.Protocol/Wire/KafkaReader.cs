using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GrainStream.Protocol.Wire;

/// <summary>
/// Reads Kafka's primitive types from one frame. All integers are big-endian; "compact" forms are those of flexible versions (KIP-482).
/// </summary>
/// <remarks>
/// Input is not trusted: whatever the bytes say, only <see cref="MalformedMessageException"/> is thrown, and no length is believed
/// before that many bytes are known to be there. Borrows the sequence; what it returns as a sequence is borrowed too.
/// </remarks>
public ref struct KafkaReader
{
    private readonly ReadOnlySequence<byte> _sequence;
    private readonly StringPool _strings;
    private readonly long _length;
    private SequencePosition _segment;
    private SequencePosition _nextSegment;
    private ReadOnlySpan<byte> _span;
    private int _index;
    private long _spanStart;

    /// <summary>Reads from the first byte of <paramref name="sequence"/>; strings come from <paramref name="strings"/>, or the shared pool.</summary>
    public KafkaReader(ReadOnlySequence<byte> sequence, StringPool? strings = null)
    {
        _sequence = sequence;
        _strings = strings ?? StringPool.Shared;
        _length = sequence.Length;
        _segment = sequence.Start;
        _nextSegment = sequence.Start;
        if (sequence.TryGet(ref _nextSegment, out ReadOnlyMemory<byte> first))
        {
            _span = first.Span;
        }
    }

    /// <summary>Reads from the first byte of <paramref name="memory"/>.</summary>
    public KafkaReader(ReadOnlyMemory<byte> memory, StringPool? strings = null)
        : this(new ReadOnlySequence<byte>(memory), strings)
    {
    }

    /// <summary>Bytes read so far.</summary>
    public readonly long Position => _spanStart + _index;

    /// <summary>Bytes not yet read.</summary>
    public readonly long Remaining => _length - Position;

    /// <summary>Any byte but 0 is true.</summary>
    public bool ReadBoolean() => ReadByte() != 0;

    public sbyte ReadInt8() => unchecked((sbyte)ReadByte());

    public short ReadInt16() => unchecked((short)ReadUInt16());

    public ushort ReadUInt16()
    {
        if (_span.Length - _index >= sizeof(ushort))
        {
            ushort value = BinaryPrimitives.ReadUInt16BigEndian(_span[_index..]);
            _index += sizeof(ushort);
            return value;
        }

        Span<byte> scratch = stackalloc byte[sizeof(ushort)];
        CopyTo(scratch);
        return BinaryPrimitives.ReadUInt16BigEndian(scratch);
    }

    public int ReadInt32() => unchecked((int)ReadUInt32());

    public uint ReadUInt32()
    {
        if (_span.Length - _index >= sizeof(uint))
        {
            uint value = BinaryPrimitives.ReadUInt32BigEndian(_span[_index..]);
            _index += sizeof(uint);
            return value;
        }

        Span<byte> scratch = stackalloc byte[sizeof(uint)];
        CopyTo(scratch);
        return BinaryPrimitives.ReadUInt32BigEndian(scratch);
    }

    public long ReadInt64()
    {
        if (_span.Length - _index >= sizeof(long))
        {
            long value = BinaryPrimitives.ReadInt64BigEndian(_span[_index..]);
            _index += sizeof(long);
            return value;
        }

        Span<byte> scratch = stackalloc byte[sizeof(long)];
        CopyTo(scratch);
        return BinaryPrimitives.ReadInt64BigEndian(scratch);
    }

    public double ReadFloat64() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>16 bytes in the order of the canonical text form.</summary>
    public Guid ReadUuid()
    {
        const int Size = 16;
        if (_span.Length - _index >= Size)
        {
            var value = new Guid(_span.Slice(_index, Size), bigEndian: true);
            _index += Size;
            return value;
        }

        Span<byte> scratch = stackalloc byte[Size];
        CopyTo(scratch);
        return new Guid(scratch, bigEndian: true);
    }

    /// <summary>Seven bits a byte, lowest first; at most five bytes.</summary>
    public uint ReadUnsignedVarInt()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = ReadByte();
            if (shift == 28 && next > 0x0F)
            {
                break;
            }

            value |= (uint)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }

        throw Malformed("A variable-length integer exceeds 32 bits");
    }

    /// <summary>Zigzag: small magnitudes of either sign take few bytes.</summary>
    public int ReadVarInt()
    {
        uint raw = ReadUnsignedVarInt();
        return (int)(raw >> 1) ^ -(int)(raw & 1);
    }

    /// <summary>Zigzag; at most ten bytes.</summary>
    public long ReadVarLong()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = ReadByte();
            if (shift == 63 && next > 0x01)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw Malformed("A variable-length integer exceeds 64 bits");
    }

    /// <summary>UTF-8 after a 16-bit length, or a variable one of length + 1 if <paramref name="compact"/>.</summary>
    public string ReadString(bool compact) => ReadNullableString(compact) ?? throw Malformed("Null where a string is required");

    /// <inheritdoc cref="ReadString"/>
    public string? ReadNullableString(bool compact)
    {
        int length = compact ? ReadCompactLength() : CheckLength(ReadInt16());
        if (length < 0)
        {
            return null;
        }

        if (_span.Length - _index >= length)
        {
            string value = _strings.Get(_span.Slice(_index, length));
            _index += length;
            return value;
        }

        return ReadStringAcrossSegments(length);
    }

    /// <summary>A copy of bytes after a 32-bit length, or a variable one of length + 1 if <paramref name="compact"/>.</summary>
    public byte[] ReadBytes(bool compact) => ReadNullableBytes(compact) ?? throw Malformed("Null where bytes are required");

    /// <inheritdoc cref="ReadBytes"/>
    public byte[]? ReadNullableBytes(bool compact)
    {
        int length = compact ? ReadCompactLength() : CheckLength(ReadInt32());
        if (length <= 0)
        {
            return length == 0 ? [] : null;
        }

        byte[] bytes = new byte[length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Like <see cref="ReadBytes"/> without a copy: the sequence is borrowed.</summary>
    public ReadOnlySequence<byte> ReadBorrowedBytes(bool compact) =>
        ReadNullableBorrowedBytes(compact) ?? throw Malformed("Null where bytes are required");

    /// <inheritdoc cref="ReadBorrowedBytes"/>
    public ReadOnlySequence<byte>? ReadNullableBorrowedBytes(bool compact)
    {
        int length = compact ? ReadCompactLength() : CheckLength(ReadInt32());
        return length < 0 ? null : ReadSlice(length);
    }

    /// <summary>Record batches; the bytes are borrowed.</summary>
    public RecordSet ReadRecords(bool compact) =>
        ReadNullableBorrowedBytes(compact) is { } bytes ? new RecordSet(bytes) : throw Malformed("Null where records are required");

    /// <inheritdoc cref="ReadRecords"/>
    public RecordSet ReadNullableRecords(bool compact) =>
        ReadNullableBorrowedBytes(compact) is { } bytes ? new RecordSet(bytes) : default;

    /// <summary>
    /// Number of elements of an array. <paramref name="elementSize"/> is the least an element takes: a count that the bytes left
    /// cannot hold is refused here, before anything is allocated for it.
    /// </summary>
    public int ReadArrayLength(bool compact, int elementSize)
    {
        int count = ReadNullableArrayLength(compact, elementSize);
        return count >= 0 ? count : throw Malformed("Null where an array is required");
    }

    /// <summary>Like <see cref="ReadArrayLength"/>; -1 for null.</summary>
    public int ReadNullableArrayLength(bool compact, int elementSize)
    {
        long count = compact ? (long)ReadUnsignedVarInt() - 1 : ReadInt32();
        if (count < -1 || count * elementSize > Remaining)
        {
            throw Malformed($"An array claims {count} elements where {Remaining} bytes are left");
        }

        return (int)count;
    }

    /// <summary>Number of tagged fields that follow; each has at least a tag and a size.</summary>
    public int ReadTagCount()
    {
        uint count = ReadUnsignedVarInt();
        if (count > Remaining / 2)
        {
            throw Malformed($"A message claims {count} tagged fields where {Remaining} bytes are left");
        }

        return (int)count;
    }

    /// <summary>Tag of a tagged field and where its value ends, as a <see cref="Position"/>.</summary>
    public uint ReadTag(out long end)
    {
        uint tag = ReadUnsignedVarInt();
        uint size = ReadUnsignedVarInt();
        if (size > Remaining)
        {
            throw Malformed($"Tagged field {tag} claims {size} bytes where {Remaining} are left");
        }

        end = Position + size;
        return tag;
    }

    /// <summary>Checks that a tagged field took exactly the bytes it claimed.</summary>
    public readonly void EndTag(uint tag, long end)
    {
        if (Position != end)
        {
            throw Malformed($"Tagged field {tag} should end at byte {end}");
        }
    }

    /// <summary>Skips the rest of a tagged field, for tags the reader does not know.</summary>
    public void SkipTo(long end) => Skip(end - Position);

    /// <summary>Skips a whole section of tagged fields.</summary>
    public void SkipTags()
    {
        for (int left = ReadTagCount(); left > 0; left--)
        {
            ReadTag(out long end);
            SkipTo(end);
        }
    }

    /// <summary>Checks that nothing is left: a peer that sends more than the message means something else by it.</summary>
    public readonly void RequireEnd()
    {
        if (Remaining != 0)
        {
            throw Malformed($"{Remaining} bytes follow the message");
        }
    }

    /// <summary>An exception that names the current position.</summary>
    public readonly MalformedMessageException Malformed(string problem) => new(problem, Position);

    private byte ReadByte()
    {
        if (_index >= _span.Length)
        {
            NextSegment(sizeof(byte));
        }

        return _span[_index++];
    }

    /// <summary>Length + 1 as a variable-length integer; -1 for null.</summary>
    private int ReadCompactLength()
    {
        long length = (long)ReadUnsignedVarInt() - 1;
        return length <= Remaining ? (int)length : throw TooLong(length);
    }

    private string ReadStringAcrossSegments(int length)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Span<byte> bytes = rented.AsSpan(0, length);
            CopyTo(bytes);
            return _strings.Get(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private readonly int CheckLength(int length) =>
        length >= -1 && length <= Remaining ? length : throw TooLong(length);

    private readonly MalformedMessageException TooLong(long length) =>
        Malformed($"A value claims {length} bytes where {Remaining} are left");

    private ReadOnlySequence<byte> ReadSlice(int length)
    {
        ReadOnlySequence<byte> slice = _sequence.Slice(_sequence.GetPosition(_index, _segment), length);
        Skip(length);
        return slice;
    }

    private void Skip(long count)
    {
        if (count < 0 || count > Remaining)
        {
            throw Malformed($"{count} bytes are to be skipped where {Remaining} are left");
        }

        while (count > _span.Length - _index)
        {
            count -= _span.Length - _index;
            NextSegment(count);
        }

        _index += (int)count;
    }

    private void CopyTo(scoped Span<byte> destination)
    {
        if (destination.Length > Remaining)
        {
            throw EndOfInput(destination.Length);
        }

        while (true)
        {
            ReadOnlySpan<byte> unread = _span[_index..];
            if (unread.Length >= destination.Length)
            {
                unread[..destination.Length].CopyTo(destination);
                _index += destination.Length;
                return;
            }

            unread.CopyTo(destination);
            destination = destination[unread.Length..];
            NextSegment(destination.Length);
        }
    }

    /// <summary>Moves to the next segment that has bytes; <paramref name="wanted"/> is for the message if there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NextSegment(long wanted)
    {
        do
        {
            SequencePosition start = _nextSegment;
            if (start.GetObject() is null || !_sequence.TryGet(ref _nextSegment, out ReadOnlyMemory<byte> memory))
            {
                _index = _span.Length;
                throw EndOfInput(wanted);
            }

            _spanStart += _span.Length;
            _segment = start;
            _span = memory.Span;
            _index = 0;
        }
        while (_span.IsEmpty);
    }

    private readonly MalformedMessageException EndOfInput(long wanted) =>
        Malformed($"{wanted} more bytes are needed where {Remaining} are left");
}
