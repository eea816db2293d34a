using System.Buffers.Binary;

namespace GrainStream.Core.Log.Tiering;

/// <summary>Reads little-endian numbers one after the other. Beyond the end it reads zeros and says so: no input makes it throw.</summary>
internal ref struct StoredReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    public int Position { get; private set; }

    public readonly int Left => _source.Length - Position;

    /// <summary>More was asked for than there is.</summary>
    public bool HasOverrun { get; private set; }

    public byte Byte() => Take(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16LittleEndian(Take(sizeof(short)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public Guid Guid() => new(Take(16));

    /// <summary>A count of items of <paramref name="itemSize"/> bytes that follow; 0, and an overrun, if they cannot.</summary>
    public int Count(int itemSize)
    {
        int count = Int32();
        if (count < 0 || (long)count * itemSize > Left)
        {
            HasOverrun = true;
            return 0;
        }

        return count;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left)
        {
            HasOverrun = true;
            return new byte[count];
        }

        ReadOnlySpan<byte> taken = _source.Slice(Position, count);
        Position += count;
        return taken;
    }
}
