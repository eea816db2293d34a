using System.Buffers.Binary;

namespace GrainStream.Core.Log.Tiering;

/// <summary>Writes little-endian numbers one after the other into bytes that are long enough.</summary>
internal ref struct StoredWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Position { get; private set; }

    public void Bytes(scoped ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    public void Byte(byte value) => Take(1)[0] = value;

    public void Int16(short value) => BinaryPrimitives.WriteInt16LittleEndian(Take(sizeof(short)), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    public void Guid(Guid value) => value.TryWriteBytes(Take(16));

    private Span<byte> Take(int count)
    {
        Span<byte> taken = _destination.Slice(Position, count);
        Position += count;
        return taken;
    }
}
