using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>
/// Appends large pieces to a new file past the page cache, where the file system can: copying a segment into the cache costs several times what writing
/// it takes, and evicts what is being read. For one caller at a time.
/// </summary>
internal sealed unsafe class DirectAppender : IDisposable
{
    /// <summary>Written at a time: enough for a disk's full speed.</summary>
    private const int BufferBytes = 2 << 20;

    /// <summary>Buffers for the next segments, as many as were in use at a time: memory of this size that comes and goes tears holes in the heap.</summary>
    private static readonly ConcurrentBag<AlignedBuffer> Spare = [];

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private AlignedBuffer? _buffer;

    private DirectAppender(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Opens a file that exists; null where there is no direct I/O.</summary>
    public static DirectAppender? TryOpen(string path)
    {
        if (!LibC.IsSupported)
        {
            return null;
        }

        SafeFileHandle file = LibC.Open(path, LibC.ReadWrite | LibC.Direct | LibC.CloseOnExec, 0);
        if (!file.IsInvalid)
        {
            return new DirectAppender(path, file);
        }

        file.Dispose();
        return null;
    }

    /// <summary>
    /// Writes, from where it lies if that is aligned, as many whole blocks of <paramref name="bytes"/> as there are; <paramref name="offset"/> is a multiple of a block. Returns how many bytes that was: the rest,
    /// or all if the file system refuses direct writes after all, is to be written otherwise.
    /// </summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public int Write(long offset, ReadOnlySpan<byte> bytes)
    {
        int whole = (int)Blocks.Down(bytes.Length);
        fixed (byte* start = bytes)
        {
            if ((nuint)start % Blocks.Size == 0)
            {
                return TryWrite(offset, start, whole) ? whole : 0;
            }
        }

        int written = 0;
        _buffer ??= Spare.TryTake(out AlignedBuffer? spare) ? spare : new AlignedBuffer(BufferBytes);
        fixed (byte* start = _buffer.Span)
        {
            while (written < whole)
            {
                int length = Math.Min(whole - written, BufferBytes);
                bytes.Slice(written, length).CopyTo(_buffer.Span);
                if (!TryWrite(offset + written, start, length))
                {
                    break;
                }

                written += length;
            }
        }

        return written;
    }

    public void Dispose()
    {
        _file.Dispose();
        if (_buffer is not null)
        {
            Spare.Add(_buffer);
            _buffer = null;
        }
    }

    private bool TryWrite(long offset, byte* start, int length)
    {
        int done = 0;
        while (done < length)
        {
            var piece = new LibC.Piece { Start = start + done, Length = (nuint)(length - done) };
            nint count = LibC.WriteVector(_file, &piece, 1, offset + done);
            if (count > 0)
            {
                done += (int)count;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == LibC.InvalidArgumentError)
            {
                return false;
            }

            if (error != LibC.InterruptedError)
            {
                string message = $"pwritev of '{_path}' failed: {LibC.Describe(error)}";
                throw LibC.MeansFull(error) ? new DiskFullException(message) : new DiskErrorException(message, error);
            }
        }

        return true;
    }
}
