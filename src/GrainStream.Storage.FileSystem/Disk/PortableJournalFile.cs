using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>A journal file by .NET's own means, through the page cache: for systems other than Linux. Reserves room by writing zeros.</summary>
internal sealed class PortableJournalFile : IJournalFile
{
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    private readonly SafeFileHandle _handle;

    private PortableJournalFile(SafeFileHandle handle)
    {
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    public long Length { get; private set; }

    /// <summary>Makes a file that must not exist, with <paramref name="length"/> bytes of zeros. Not durable before <see cref="Sync"/>.</summary>
    public static PortableJournalFile Create(string path, long length)
    {
        var file = new PortableJournalFile(OpenHandle(path, FileMode.CreateNew));
        try
        {
            file.Allocate(length);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public static PortableJournalFile Open(string path) => new(OpenHandle(path, FileMode.Open));

    public void Extend(long length)
    {
        Allocate(length);
        Sync();
    }

    public void Write(long offset, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        RandomAccess.Write(_handle, first, offset);
        RandomAccess.Write(_handle, second, offset + first.Length);
    }

    public void Sync() => RandomAccess.FlushToDisk(_handle);

    public int Read(long offset, Span<byte> destination)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int count = RandomAccess.Read(_handle, destination[total..], offset + total);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int count = await RandomAccess.ReadAsync(_handle, destination[total..], offset + total, cancellationToken);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    public void KeepReadable()
    {
        // The one handle there is stays valid: files are opened so that they may be deleted.
    }

    public void Seal()
    {
        // One handle serves writing and reading, so there is nothing to let go of.
    }

    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle OpenHandle(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private void Allocate(long length)
    {
        long before = Length;
        byte[] zeros = new byte[Math.Min(length - before, 1 << 20)];
        try
        {
            for (long offset = before; offset < length; offset += zeros.Length)
            {
                RandomAccess.Write(_handle, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - offset)), offset);
            }
        }
        catch (IOException error) when (IsFull(error))
        {
            RandomAccess.SetLength(_handle, before);
            throw new DiskFullException(error.Message, error);
        }

        Length = length;
    }

    private static bool IsFull(IOException error) =>
        error.HResult is WindowsDiskFull or WindowsHandleDiskFull || (!OperatingSystem.IsWindows() && LibC.MeansFull(error.HResult));
}
