using GrainStream.Core.Log;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// One file and the journal positions it holds:
/// <code>
///   Base                FirstFrame                            End = Base of the next file
///    | head block, 4096  | frames ........... | zeros ......... |
/// </code>
/// </summary>
internal sealed class JournalFile(JournalFileHeader header, IJournalFile disk) : IDisposable
{
    public long Number => header.Number;

    public JournalPosition Base => header.Base;

    /// <summary>Bytes of the file. Fixed once it holds a frame.</summary>
    public long Length { get; private set; } = header.Length;

    public IJournalFile Disk { get; } = disk;

    public JournalPosition FirstFrame => Base + JournalFileHeader.Size;

    public JournalPosition End => Base + Length;

    /// <summary>Makes a file longer that holds no frame yet. On failure it is as it was.</summary>
    public void Extend(long length)
    {
        // A crash in between leaves a file longer than its head says, which does no harm; a torn head is that of a file never used.
        if (length > Disk.Length)
        {
            Disk.Extend(length);
        }

        using var block = new AlignedBuffer(Blocks.Size);
        (header with { Length = length }).ToBlock().CopyTo(block.Span);
        Disk.Write(0, block.Span, default);
        Disk.Sync();
        Length = length;
    }

    public void Dispose() => Disk.Dispose();
}
