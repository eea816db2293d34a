using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>
/// A journal file by Linux' own calls. Writes and recovery bypass the page cache where the file system can; reads of old tail go through
/// it, on a handle of their own, because readers that follow each other profit from its read-ahead.
/// </summary>
internal sealed class LinuxJournalFile : IJournalFile
{
    private const int OwnerAndGroupReadable = 0b110_100_000;

    private readonly string _path;
    private readonly SafeFileHandle _writer;
    private readonly Lock _readerLock = new();
    private SafeFileHandle? _reader;
    private bool _disposed;

    private LinuxJournalFile(string path, SafeFileHandle writer, long length)
    {
        _path = path;
        _writer = writer;
        Length = length;
    }

    public long Length { get; private set; }

    /// <summary>Makes a file that must not exist, with <paramref name="length"/> bytes allocated. Not durable before <see cref="Sync"/>.</summary>
    public static LinuxJournalFile Create(string path, long length, bool direct)
    {
        SafeFileHandle handle = OpenHandle(path, LibC.ReadWrite | LibC.Create | LibC.Exclusive, direct);
        var file = new LinuxJournalFile(path, handle, 0);
        try
        {
            file.Allocate(0, length);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public static LinuxJournalFile Open(string path, bool direct)
    {
        SafeFileHandle handle = OpenHandle(path, LibC.ReadWrite, direct);
        return new LinuxJournalFile(path, handle, RandomAccess.GetLength(handle));
    }

    /// <summary>Whether the file system that holds <paramref name="directory"/> takes direct writes; tried, as there is no way to ask.</summary>
    public static bool TakesDirectWrites(string directory)
    {
        string path = Path.Combine(directory, "direct-io.probe");
        File.Delete(path);
        try
        {
            using var block = new AlignedBuffer(Blocks.Size);
            using LinuxJournalFile file = Create(path, Blocks.Size, direct: true);
            file.Write(0, block.Span, default);
            return true;
        }
        catch (DiskFullException)
        {
            // Opened directly, so very likely it can; a full disk is reported where room is really needed.
            return true;
        }
        catch (DiskErrorException error) when (error.Error is LibC.InvalidArgumentError or LibC.NotSupportedError)
        {
            return false;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Makes names in a directory durable.</summary>
    public static void SyncDirectory(string directory)
    {
        using SafeFileHandle handle = OpenHandle(directory, LibC.ReadOnly, direct: false);
        while (LibC.Sync(handle) != 0)
        {
            ThrowUnlessInterrupted("fsync", directory);
        }
    }

    public void Extend(long length)
    {
        Allocate(Length, length - Length);
        Sync();
    }

    public unsafe void Write(long offset, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* firstStart = first)
        fixed (byte* secondStart = second)
        {
            LibC.Piece* pieces = stackalloc LibC.Piece[2];
            pieces[0] = new LibC.Piece { Start = firstStart, Length = (nuint)first.Length };
            pieces[1] = new LibC.Piece { Start = secondStart, Length = (nuint)second.Length };
            WriteAll(pieces, offset);
        }
    }

    public void Sync()
    {
        while (LibC.DataSync(_writer) != 0)
        {
            ThrowUnlessInterrupted("fdatasync", _path);
        }
    }

    public unsafe int Read(long offset, Span<byte> destination)
    {
        int total = 0;
        fixed (byte* start = destination)
        {
            while (total < destination.Length)
            {
                nint count = LibC.Read(_writer, start + total, (nuint)(destination.Length - total), offset + total);
                if (count < 0)
                {
                    ThrowUnlessInterrupted("pread", _path);
                }
                else if (count == 0)
                {
                    break;
                }
                else
                {
                    total += (int)count;
                }
            }
        }

        return total;
    }

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        SafeFileHandle reader = Reader();
        int total = 0;
        while (total < destination.Length)
        {
            int count = await RandomAccess.ReadAsync(reader, destination[total..], offset + total, cancellationToken);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    public void KeepReadable() => Reader();

    public void Seal() => _writer.Dispose();

    public void Dispose()
    {
        lock (_readerLock)
        {
            _disposed = true;
            _reader?.Dispose();
        }

        _writer.Dispose();
    }

    private static SafeFileHandle OpenHandle(string path, int flags, bool direct)
    {
        while (true)
        {
            SafeFileHandle handle = LibC.Open(path, flags | LibC.CloseOnExec | (direct ? LibC.Direct : 0), OwnerAndGroupReadable);
            if (!handle.IsInvalid)
            {
                return handle;
            }

            handle.Dispose();
            ThrowUnlessInterrupted("open", path);
        }
    }

    private static void ThrowUnlessInterrupted(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == LibC.InterruptedError)
        {
            return;
        }

        string message = $"{call} of {path} failed: {LibC.Describe(error)}";
        throw LibC.MeansFull(error) ? new DiskFullException(message) : new DiskErrorException(message, error);
    }

    private SafeFileHandle Reader()
    {
        lock (_readerLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _reader ??= OpenHandle(_path, LibC.ReadOnly, direct: false);
        }
    }

    private void Allocate(long offset, long length)
    {
        while (LibC.Allocate(_writer, 0, offset, length) != 0)
        {
            if (Marshal.GetLastPInvokeError() == LibC.NotSupportedError)
            {
                WriteZeros(offset, length);
                break;
            }

            ThrowUnlessInterrupted("fallocate", _path);
        }

        Length = offset + length;
    }

    private void WriteZeros(long offset, long length)
    {
        using var zeros = new AlignedBuffer((int)Math.Min(length, 1 << 20));
        for (long done = 0; done < length; done += zeros.Length)
        {
            Write(offset + done, zeros.Span[..(int)Math.Min(zeros.Length, length - done)], default);
        }
    }

    private unsafe void WriteAll(LibC.Piece* pieces, long offset)
    {
        int index = 0;
        while (true)
        {
            while (index < 2 && pieces[index].Length == 0)
            {
                index++;
            }

            if (index == 2)
            {
                return;
            }

            nint count = LibC.WriteVector(_writer, pieces + index, 2 - index, offset);
            if (count < 0)
            {
                ThrowUnlessInterrupted("pwritev", _path);
                continue;
            }

            offset += count;
            for (int i = index; i < 2; i++)
            {
                nuint taken = Math.Min((nuint)count, pieces[i].Length);
                pieces[i].Start += taken;
                pieces[i].Length -= taken;
                count -= (nint)taken;
            }
        }
    }
}
