using GrainStream.Core.Log;

namespace GrainStream.Runtime.Ports;

/// <summary>Where a frame is. A run of the tail index must not go from one file into the next.</summary>
/// <param name="Position">Where the frame begins.</param>
/// <param name="FileStart">Where the journal file that holds it begins.</param>
public readonly record struct JournalSlot(JournalPosition Position, JournalPosition FileStart);
