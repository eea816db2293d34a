using System.Buffers.Binary;
using GrainStream.Protocol.Records;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>Walks record batches that lie back to back in verified memory, looking only at where each begins and ends and at its offsets.</summary>
/// <param name="bytes">Begins and ends at the border of a batch.</param>
internal ref struct BatchWalk(ReadOnlySpan<byte> bytes)
{
    private const int LastOffsetDeltaPosition = 23;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the batch begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends and the next one begins.</summary>
    public int End { get; private set; }

    public readonly long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_bytes[Start..]);

    public readonly long NextOffset => BaseOffset + BinaryPrimitives.ReadInt32BigEndian(_bytes[(Start + LastOffsetDeltaPosition)..]) + 1;

    public readonly ReadOnlySpan<byte> Batch => _bytes[Start..End];

    /// <summary>At <see cref="End"/> there is something, but no whole batch.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes to the next batch.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _bytes[End..];
        if (rest.IsEmpty)
        {
            return false;
        }

        long size = rest.Length < RecordBatchHeader.Size
            ? 0
            : BinaryPrimitives.ReadInt32BigEndian(rest[8..]) + (long)RecordBatchHeader.LengthOverhead;
        if (size < RecordBatchHeader.Size || size > rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        Start = End;
        End += (int)size;
        return true;
    }
}
