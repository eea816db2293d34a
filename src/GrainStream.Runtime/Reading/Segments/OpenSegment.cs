using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>
/// A segment whose footer has been read, cut into the blocks in which its chunks are fetched and cached: as many chunks as fit into 1 MiB, at least one.
/// Immutable.
/// </summary>
internal sealed class OpenSegment
{
    /// <summary>
    /// Bytes of a block. Large enough that a store's time per request does not count, small enough for many readers in a bounded cache and
    /// for the processor's cache: what was just verified is copied to a client next.
    /// </summary>
    public const int BlockBytes = 1024 * 1024;

    /// <summary>First chunk of each block, and the number of chunks at the end.</summary>
    private readonly int[] _blockStarts;

    public OpenSegment(PartitionId partition, in SegmentEntry entry, SegmentFooter footer)
    {
        Name = SegmentName.Of(partition, entry);
        ObjectName = Name.ToString();
        Entry = entry;

        // Readers need neither; a footer of many producers is mostly these.
        Footer = footer with { Producers = [] };
        var starts = new List<int>();
        for (int chunk = 0; chunk < footer.Chunks.Length; chunk++)
        {
            if (starts.Count == 0 || footer.ChunkEnd(chunk) - footer.Chunks[starts[^1]].Position > BlockBytes)
            {
                starts.Add(chunk);
            }
        }

        starts.Add(footer.Chunks.Length);
        _blockStarts = [.. starts];
    }

    public SegmentName Name { get; }

    /// <summary><see cref="Name"/> spelt out.</summary>
    public string ObjectName { get; }

    public SegmentEntry Entry { get; }

    public SegmentFooter Footer { get; }

    public int BlockCount => _blockStarts.Length - 1;

    /// <summary>Bytes this takes in memory, about.</summary>
    public long MemoryBytes => 512 + (Footer.Chunks.Length * 32L) + (_blockStarts.Length * 4L) + (Footer.AbortedTransactions.Length * 32L);

    /// <summary>The block that holds a chunk.</summary>
    public int BlockOf(int chunk)
    {
        int found = Array.BinarySearch(_blockStarts, chunk);
        return found >= 0 ? found : ~found - 1;
    }

    public int FirstChunk(int block) => _blockStarts[block];

    /// <summary>The chunk after a block's last.</summary>
    public int EndChunk(int block) => _blockStarts[block + 1];

    /// <summary>Byte of the object where a block begins.</summary>
    public long BlockPosition(int block) => Footer.Chunks[_blockStarts[block]].Position;

    public int BlockLength(int block) => checked((int)(Footer.ChunkEnd(EndChunk(block) - 1) - BlockPosition(block)));
}
