using GrainStream.Core.Log;

namespace GrainStream.Runtime.Ports;

/// <summary>How much of a journal there is, at one moment.</summary>
/// <param name="Start">The oldest byte kept.</param>
/// <param name="End">Where the next frame goes.</param>
/// <param name="AllocatedBytes">Bytes of all files, the one made ahead included; not of trimmed ones that somebody still reads.</param>
/// <param name="CapacityBytes">
/// What <paramref name="AllocatedBytes"/> should stay within. The journal never refuses an append for it: who fills it must trim, and wait.
/// </param>
/// <param name="FileBytes">Bytes of one file, as a rule: what trimming gives back at a time.</param>
public readonly record struct JournalUsage(
    JournalPosition Start, JournalPosition End, long AllocatedBytes, long CapacityBytes, long FileBytes);
