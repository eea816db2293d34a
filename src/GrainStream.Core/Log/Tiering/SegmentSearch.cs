using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>Looks for segments in entries that are in order, without gap or overlap.</summary>
internal static class SegmentSearch
{
    /// <summary>Index of the segment that stands for <paramref name="offset"/>; -1 if there is none.</summary>
    public static int Find(ReadOnlySpan<SegmentEntry> segments, Offset offset)
    {
        int low = 0;
        int high = segments.Length - 1;
        while (low <= high)
        {
            int middle = low + ((high - low) / 2);
            if (offset < segments[middle].BaseOffset)
            {
                high = middle - 1;
            }
            else if (offset >= segments[middle].EndOffset)
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return -1;
    }

    /// <summary>Whether every entry makes sense and begins where the one before ends, the first at <paramref name="start"/>.</summary>
    public static bool IsContiguous(ReadOnlySpan<SegmentEntry> segments, ref Offset start)
    {
        foreach (SegmentEntry segment in segments)
        {
            bool makesSense = segment.EndOffset > segment.BaseOffset
                && segment.DataLength >= 0
                && segment.Length >= segment.DataLength + SegmentFooterCodec.MinSize
                && segment.Epoch.Value >= 0;
            if (!makesSense || segment.BaseOffset != start)
            {
                return false;
            }

            start = segment.EndOffset;
        }

        return true;
    }
}
