using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>Keeps every replayed frame.</summary>
internal sealed class RecordingReplay : IJournalReplay
{
    public List<(FrameHeader Header, byte[] Payload)> Frames { get; } = [];

    public void Replay(in FrameHeader frame, JournalPosition fileStart, ReadOnlySpan<byte> payload)
    {
        Assert.InRange(frame.Position - fileStart, 4096, long.MaxValue);
        Frames.Add((frame, payload.ToArray()));
    }

    /// <summary>Base offsets of a partition's frames, in order.</summary>
    public long[] OffsetsOf(PartitionId partition) =>
        [.. Frames.Where(frame => frame.Header.Partition == partition).Select(frame => frame.Header.BaseOffset.Value)];
}
