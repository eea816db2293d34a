using System.Buffers;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Contiguous bytes that grow, in an array from the shared pool. <see cref="Clear"/> keeps the array for the next use;
/// <see cref="Dispose"/> gives it back. What <see cref="WrittenMemory"/> gave is overwritten by any later use. For one thread at a time.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int MinGrowthBytes = 256;

    private byte[] _array = [];
    private bool _isDisposed;

    /// <summary>Number of bytes written.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, Length);
    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, Length);

    /// <summary>The written bytes, to be changed in place.</summary>
    internal Span<byte> WrittenBytes => _array.AsSpan(0, Length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureFree(sizeHint);
        return _array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureFree(sizeHint);
        return _array.AsSpan(Length);
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear() => Length = 0;

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Return();
        _array = [];
        Length = 0;
    }

    private void EnsureFree(int sizeHint)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int wanted = Math.Max(sizeHint, 1);
        if (wanted > _array.Length - Length)
        {
            Grow(wanted);
        }
    }

    private void Grow(int wanted)
    {
        long needed = Length + (long)wanted;
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException($"a buffer of {needed} bytes is wanted; the most there can be is {Array.MaxLength}");
        }

        // Doubling keeps the copying linear in what is written.
        long size = Math.Clamp(_array.Length * 2L, Math.Max(needed, MinGrowthBytes), Array.MaxLength);
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)size);
        WrittenSpan.CopyTo(larger);
        Return();
        _array = larger;
    }

    private void Return()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
