using System.Buffers;

namespace GrainStream.Benchmarks;

/// <summary>Bytes as a pipe hands them over: in blocks of one size.</summary>
internal static class Segments
{
    /// <summary>Copies the bytes into blocks of that size each; 0 leaves them in one piece.</summary>
    public static ReadOnlySequence<byte> Of(ReadOnlySpan<byte> data, int blockBytes)
    {
        if (blockBytes == 0)
        {
            return new ReadOnlySequence<byte>(data.ToArray());
        }

        Block first = new(data[..Math.Min(blockBytes, data.Length)].ToArray(), 0);
        Block last = first;
        for (int position = blockBytes; position < data.Length; position += blockBytes)
        {
            last = last.Add(data.Slice(position, Math.Min(blockBytes, data.Length - position)).ToArray());
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Block : ReadOnlySequenceSegment<byte>
    {
        public Block(byte[] data, long runningIndex)
        {
            Memory = data;
            RunningIndex = runningIndex;
        }

        public Block Add(byte[] data)
        {
            Block next = new(data, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
