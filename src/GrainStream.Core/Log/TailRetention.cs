using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>Decides how much of a tail its retention lets go.</summary>
internal static class TailRetention
{
    /// <summary>
    /// The first offset from <paramref name="start"/> on that must stay: the border of a run, or the high watermark.
    /// </summary>
    /// <param name="runs">The index, taken after the high watermark.</param>
    /// <param name="start">T.</param>
    /// <param name="highWatermark">What lies beyond stays.</param>
    /// <param name="tailBytes">Bytes from <paramref name="start"/> to the log's end.</param>
    /// <param name="cutoffMs">A run goes if all its records are older; one without timestamps has no age.</param>
    /// <param name="keepBytes">A run goes if at least so many bytes remain without it.</param>
    public static Offset Decide(
        in TailIndexSnapshot runs, Offset start, Offset highWatermark, long tailBytes, long cutoffMs, long keepBytes)
    {
        if (!runs.TryFind(start, out long run))
        {
            return start;
        }

        for (; run < runs.EndRun && start < highWatermark; run++)
        {
            RunEntry entry = runs[run];
            tailBytes -= entry.Bytes;
            bool isTooOld = entry.MaxTimestamp >= 0 && entry.MaxTimestamp < cutoffMs;
            if (!isTooOld && tailBytes < keepBytes)
            {
                break;
            }

            Offset end = run + 1 < runs.EndRun ? runs[run + 1].BaseOffset : highWatermark;
            start = end < highWatermark ? end : highWatermark;
        }

        return start;
    }
}
