using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;

namespace GrainStream.Runtime.Reading;

/// <summary>
/// Walks journal frames that lie back to back in memory and stops at the batches of one partition.
/// The memory is the caller's; it begins at a frame.
/// </summary>
/// <param name="memory">Journal bytes from <paramref name="position"/> on; may end in the middle of a frame.</param>
/// <param name="position">Where in the journal <paramref name="memory"/> begins.</param>
/// <param name="end">Where in the journal to stop; may lie beyond the memory.</param>
/// <param name="partition">Whose batches to stop at.</param>
/// <param name="verify">
/// Whether to check each frame's CRC, those of others included: a damaged length would lead past frames unseen. For bytes that come from disk.
/// </param>
internal ref struct FrameWalker(
    ReadOnlySpan<byte> memory, JournalPosition position, JournalPosition end, PartitionId partition, bool verify = false)
{
    private readonly ReadOnlySpan<byte> _memory = memory;
    private readonly JournalPosition _start = position;

    /// <summary>Head of the batch frame the walker stands on.</summary>
    public FrameHeader Frame { get; private set; }

    /// <summary>The batch the walker stands on, whole.</summary>
    public readonly ReadOnlySpan<byte> Batch =>
        _memory.Slice((int)(Frame.Position - _start) + FrameHeader.Size, Frame.PayloadLength);

    /// <summary>Where the walk goes on: the end of the range, or of the last frame that lies whole in the memory.</summary>
    public JournalPosition Next { get; private set; } = position;

    /// <summary>
    /// Goes to the next batch of the partition. False at the end of the range, of the whole frames in memory, or at bytes that are no frame of
    /// this position (<see cref="IsDamaged"/>).
    /// </summary>
    public bool MoveNext()
    {
        while (Next < end)
        {
            int at = (int)(Next - _start);
            if (_memory.Length - at < FrameHeader.Size)
            {
                return false;
            }

            if (!FrameHeader.TryRead(_memory[at..], out FrameHeader header) || header.Position != Next)
            {
                IsDamaged = true;
                return false;
            }

            if (_memory.Length - at < header.TotalSize)
            {
                return false;
            }

            if (verify && !header.IsIntact(_memory[at..]))
            {
                IsDamaged = true;
                return false;
            }

            Next = header.End;
            if (header.HoldsBatch && header.Partition == partition)
            {
                Frame = header;
                return true;
            }
        }

        return false;
    }

    /// <summary>The bytes at <see cref="Next"/> are not a frame.</summary>
    public bool IsDamaged { get; private set; }
}
