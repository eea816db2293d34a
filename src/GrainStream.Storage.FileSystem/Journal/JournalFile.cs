using GrainStream.Core.Log;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// One file and the journal positions it holds:
/// <code>
///   Base                FirstFrame                            End = Base of the next file
///    | head block, 4096  | frames ........... | zeros ......... |
/// </code>
/// Counted: the table of files has one reference, each reader and each hold another, and a file that is referred to refers to the one
/// after it. So what holds a file holds all that follow. Closed when the last reference goes.
/// </summary>
internal sealed class JournalFile(JournalFileHeader header, IJournalFile disk) : IDisposable
{
    private JournalFile? _next;
    private int _references = 1;

    public long Number => header.Number;

    public JournalPosition Base => header.Base;

    /// <summary>Bytes of the file. Fixed once it holds a frame.</summary>
    public long Length { get; private set; } = header.Length;

    public IJournalFile Disk { get; } = disk;

    public JournalPosition FirstFrame => Base + JournalFileHeader.Size;

    public JournalPosition End => Base + Length;

    /// <summary>Whether anything refers to it.</summary>
    public bool IsOpen => Volatile.Read(ref _references) > 0;

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

    /// <summary>Makes a stretch of it zero, durably, so that nothing in it can be taken for a frame later.</summary>
    public void WriteZeros(long from, long to)
    {
        using var zeros = new AlignedBuffer((int)Math.Min(Blocks.Up(to) - Blocks.Down(from), 1 << 20));
        using var firstBlock = new AlignedBuffer(Blocks.Size);
        long offset = Blocks.Down(from);
        Disk.Read(offset, firstBlock.Span);
        firstBlock.Span[(int)(from - offset)..].Clear();

        // From the end to the beginning: should this be cut short, what is left still reads as an unfinished write.
        for (long end = Blocks.Up(to); end > offset + Blocks.Size;)
        {
            long start = Math.Max(offset + Blocks.Size, end - zeros.Length);
            Disk.Write(start, zeros.Span[..(int)(end - start)], default);
            end = start;
        }

        Disk.Write(offset, firstBlock.Span, default);
        Disk.Sync();
    }

    /// <summary>Says which file comes after this one; before this one can be trimmed.</summary>
    public void FollowedBy(JournalFile next)
    {
        bool isOpen = next.TryRetain();
        Core.Invariant.Require(isOpen, "a file that is being added is open");
        _next = next;
    }

    /// <summary>Adds a reference; false if the file is closed.</summary>
    public bool TryRetain()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int found = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Gives a reference back, and closes what nothing refers to any more.</summary>
    public void Release()
    {
        for (JournalFile? file = this; file is not null && Interlocked.Decrement(ref file._references) == 0; file = file._next)
        {
            file.Dispose();
        }
    }

    /// <summary>Closes it whoever refers to it: the journal ends.</summary>
    public void Dispose() => Disk.Dispose();
}
