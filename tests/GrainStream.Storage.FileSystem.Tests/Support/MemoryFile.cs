using System.Runtime.CompilerServices;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>A file of a <see cref="MemoryDisk"/>. Insists on what direct I/O insists on, and on synced frames never changing.</summary>
internal sealed class MemoryFile(MemoryDisk disk, byte[] content) : IJournalFile
{
    private const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly List<(long Offset, byte[] Bytes)> _unsynced = [];
    private byte[] _synced = content;
    private byte[] _current = [.. content];

    public long Length => _current.Length;

    /// <summary>What a read returns now.</summary>
    public byte[] Content => _current;

    /// <summary>Changes what is stored behind the journal's back.</summary>
    public void Damage(Action<byte[]> change)
    {
        change(_current);
        _synced = [.. _current];
    }

    public void Extend(long length)
    {
        disk.Claim(length - Length);
        lock (_lock)
        {
            Array.Resize(ref _current, (int)length);
            Array.Resize(ref _synced, (int)length);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        RequireAligned(offset, first);
        RequireAligned(offset + first.Length, second);
        byte[] bytes = [.. first, .. second];
        lock (_lock)
        {
            // The head block may be written anew, and recovery makes zeros of what it cuts.
            ReadOnlySpan<byte> before = _synced.AsSpan((int)offset, bytes.Length);
            Assert.True(offset == 0 || IsKept(before, bytes), "a synced byte was overwritten with another");

            // A write that fails may still have reached the disk, in parts.
            _unsynced.Add((offset, bytes));
            bytes.CopyTo(_current, offset);
        }

        disk.Count("write");
    }

    public void Sync()
    {
        disk.Count("sync");
        lock (_lock)
        {
            _synced = [.. _current];
            _unsynced.Clear();
        }
    }

    public int Read(long offset, Span<byte> destination)
    {
        RequireAligned(offset, destination);
        int count = (int)Math.Min(destination.Length, Length - offset);
        _current.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        int count = (int)Math.Min(destination.Length, Length - offset);
        _current.AsSpan((int)offset, count).CopyTo(destination.Span);
        return ValueTask.FromResult(count);
    }

    public void KeepReadable()
    {
    }

    public void Seal()
    {
    }

    public void Dispose()
    {
    }

    public byte[] AfterCrash(Random random)
    {
        byte[] after = [.. _synced];
        foreach ((long offset, byte[] bytes) in _unsynced)
        {
            for (int i = 0; i < bytes.Length; i += SectorBytes)
            {
                if (random.Next(2) == 0)
                {
                    bytes.AsSpan(i, SectorBytes).CopyTo(after.AsSpan((int)offset + i));
                }
            }
        }

        return after;
    }

    private static bool IsKept(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        for (int i = before.CommonPrefixLength(after); i < before.Length; i++)
        {
            if (before[i] != 0 && after[i] != before[i] && after[i] != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static unsafe void RequireAligned(long offset, ReadOnlySpan<byte> memory)
    {
        Assert.Equal(0, offset % 4096);
        Assert.Equal(0, memory.Length % 4096);
        ref byte start = ref Unsafe.AsRef(in memory.GetPinnableReference());
        Assert.True(memory.IsEmpty || (nint)Unsafe.AsPointer(ref start) % 4096 == 0, "memory is not aligned for direct I/O");
    }
}
