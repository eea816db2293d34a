namespace GrainStream.Runtime.Reading.Segments;

/// <summary>What became of a read of segments.</summary>
internal enum SegmentReadStatus
{
    /// <summary>The offset lies in segments. There may be no records all the same: for want of memory, or of room in the answer.</summary>
    Read,

    /// <summary>The offset lies below the log start, which has moved.</summary>
    BelowLogStart,

    /// <summary>No segment stands for the offset.</summary>
    NotTiered,
}
