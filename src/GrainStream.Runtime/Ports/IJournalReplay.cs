using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;

namespace GrainStream.Runtime.Ports;

/// <summary>Takes the journal's frames, in order, when a node starts.</summary>
public interface IJournalReplay
{
    /// <summary>
    /// One whole, verified frame. <paramref name="payload"/> is borrowed for the call; <paramref name="fileStart"/> is where the file begins.
    /// The journal's own frames (<see cref="FrameKind.CleanStop"/>, <see cref="FrameKind.FileEnd"/>) are left out.
    /// </summary>
    void Replay(in FrameHeader frame, JournalPosition fileStart, ReadOnlySpan<byte> payload);
}
