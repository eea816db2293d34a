using System.Buffers;

namespace GrainStream.Protocol.Records.Codecs;

/// <summary>
/// A decoder that is fed input piece by piece and fills whatever room it is given: so the output stays within its bound whatever the
/// input claims. For one input and one thread.
/// </summary>
internal abstract class StreamDecoder : IDisposable
{
    /// <summary>Asked of the output at a time: a block as lz4 clients write it.</summary>
    private const int ChunkBytes = 64 * 1024;

    /// <summary>What <see cref="Step"/> found.</summary>
    protected enum State
    {
        /// <summary>More input, or more room for output, is needed.</summary>
        WithinFrame,

        /// <summary>The frame is complete and all of it was put out. Another may follow.</summary>
        FrameEnded,

        /// <summary>The input is not what the codec produces.</summary>
        Malformed,
    }

    /// <summary>Decompresses all of <paramref name="input"/>: one frame, or several in a row.</summary>
    public DecompressionStatus Decompress(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        int room = maxOutputBytes;
        State state = State.WithinFrame;
        foreach (ReadOnlyMemory<byte> segment in input)
        {
            ReadOnlySpan<byte> source = segment.Span;
            while (!source.IsEmpty)
            {
                DecompressionStatus status = Advance(ref source, ref room, output, out state);
                if (status != DecompressionStatus.Done)
                {
                    return status;
                }
            }
        }

        // What did not fit into the last piece of room is still in the decoder.
        ReadOnlySpan<byte> nothing = [];
        while (state == State.WithinFrame)
        {
            DecompressionStatus status = Advance(ref nothing, ref room, output, out state);
            if (status != DecompressionStatus.Done)
            {
                return status;
            }
        }

        return DecompressionStatus.Done;
    }

    public abstract void Dispose();

    /// <summary>Takes what it can from <paramref name="source"/> and puts what it can into <paramref name="target"/>, never empty.</summary>
    protected abstract State Step(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int produced);

    /// <summary>One step; done means that it got further.</summary>
    private DecompressionStatus Advance(ref ReadOnlySpan<byte> source, ref int room, IBufferWriter<byte> output, out State state)
    {
        // With no room left, a byte aside finds out whether anything would come.
        Span<byte> aside = stackalloc byte[1];
        int wanted = Math.Min(room, ChunkBytes);
        scoped Span<byte> target = wanted > 0 ? output.GetSpan(wanted)[..wanted] : aside;
        state = Step(source, target, out int consumed, out int produced);
        if (state == State.Malformed || (consumed == 0 && produced == 0 && state == State.WithinFrame))
        {
            return DecompressionStatus.Malformed;
        }

        source = source[consumed..];
        if (produced > 0)
        {
            if (wanted == 0)
            {
                return DecompressionStatus.TooLarge;
            }

            output.Advance(produced);
            room -= produced;
        }

        return DecompressionStatus.Done;
    }
}
