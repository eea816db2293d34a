using System.Buffers;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;

namespace GrainStream.Runtime.Ports;

/// <summary>One frame to append. All buffers are borrowed for the call.</summary>
public readonly ref struct JournalAppend
{
    public required FrameKind Kind { get; init; }
    public required PartitionId Partition { get; init; }
    public required LeaderEpoch Epoch { get; init; }

    /// <summary>First offset of the payload, or the offset that a <see cref="FrameKind.LogStart"/> frame sets.</summary>
    public required Offset BaseOffset { get; init; }

    /// <summary>What the appender is told when the frame is durable: the log end after it.</summary>
    public required Offset End { get; init; }

    /// <summary>First part of the payload: for a batch its patched head.</summary>
    public ReadOnlySpan<byte> Head { get; init; }

    /// <summary>Rest of the payload.</summary>
    public ReadOnlySequence<byte> Body { get; init; }

    /// <summary>CRC-32C of <see cref="Head"/> followed by <see cref="Body"/>; 0 for an empty payload.</summary>
    public required uint PayloadCrc { get; init; }
}
