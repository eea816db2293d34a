using System.Buffers;

namespace GrainStream.Protocol.Tests.Records;

/// <summary>Makes sequences of several segments out of plain bytes, as a pipe would hand them over.</summary>
internal static class Sequences
{
    /// <summary>Segments of exactly <paramref name="segmentBytes"/>, the last one shorter.</summary>
    public static ReadOnlySequence<byte> CutEvery(ReadOnlyMemory<byte> data, int segmentBytes) => Cut(data, () => segmentBytes);

    /// <summary>Segments of 0 to <paramref name="maxSegmentBytes"/> bytes.</summary>
    public static ReadOnlySequence<byte> CutAtRandom(ReadOnlyMemory<byte> data, Random random, int maxSegmentBytes) =>
        Cut(data, () => random.Next(0, maxSegmentBytes + 1));

    private static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> data, Func<int> nextLength)
    {
        Segment first = new(ReadOnlyMemory<byte>.Empty, 0);
        Segment last = first;
        while (!data.IsEmpty)
        {
            int length = Math.Min(nextLength(), data.Length);
            last = last.Add(data[..length]);
            data = data[length..];
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Add(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
