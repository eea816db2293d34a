using System.Runtime.InteropServices;

namespace GrainStream.Storage.FileSystem;

/// <summary>Zeroed native memory that begins at a multiple of <see cref="Blocks.Size"/>, for one owner.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private byte* _memory;

    public AlignedBuffer(int length)
    {
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)length, Blocks.Size);
        Length = length;
        Span.Clear();
    }

    public int Length { get; }

    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return new Span<byte>(_memory, Length);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
