using GrainStream.Runtime.Journal;

namespace GrainStream.Runtime.Ports;

/// <summary>Takes the journal's frames, in order, when a node starts.</summary>
public interface IJournalReplay
{
    /// <summary>One whole, verified frame. <paramref name="payload"/> is borrowed for the call.</summary>
    void Replay(in FrameHeader frame, ReadOnlySpan<byte> payload);
}
