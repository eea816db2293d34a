namespace GrainStream.Core.Log.Tiering;

/// <summary>A partition that needs a journal file which is to be freed.</summary>
/// <param name="TailBytes">All its bytes that lie in no segment.</param>
/// <param name="FileBytes">At most so many of them lie in the file.</param>
public readonly record struct ReclaimCandidate(long TailBytes, long FileBytes);
