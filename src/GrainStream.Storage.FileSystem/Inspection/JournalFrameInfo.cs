using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;

namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>One frame of a journal file, as an operator looks at it.</summary>
/// <param name="Header">What its head says; not to be trusted in a frame that is not <paramref name="IsIntact"/>.</param>
/// <param name="Offset">The byte of the file it begins at.</param>
/// <param name="Records">Records of the batch in it; null if it holds none.</param>
/// <param name="NextOffset">Offset after the last of them; null if it holds none.</param>
/// <param name="IsIntact">Whether its checksum matches and its payload is what its kind says.</param>
public readonly record struct JournalFrameInfo(FrameHeader Header, long Offset, int? Records, long? NextOffset, bool IsIntact)
{
    public JournalPosition Position => Header.Position;
}
