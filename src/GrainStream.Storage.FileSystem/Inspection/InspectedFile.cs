using GrainStream.Storage.FileSystem.Disk;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>A file to look at and never to change, whoever has it open.</summary>
internal sealed class InspectedFile : IBlockReader, IDisposable
{
    private readonly SafeFileHandle _handle;

    public InspectedFile(string path)
    {
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        Length = RandomAccess.GetLength(_handle);
    }

    public long Length { get; }

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

    public void Dispose() => _handle.Dispose();
}
