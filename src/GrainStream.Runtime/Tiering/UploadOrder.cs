using GrainStream.Protocol;

namespace GrainStream.Runtime.Tiering;

/// <summary>What of a partition to upload.</summary>
/// <param name="Until">Everything below this offset; the last segment may go further.</param>
/// <param name="SegmentBytes">Most bytes of batches in a segment, unless one batch has more.</param>
/// <param name="Reason">size, age, memory, journal or shutdown: for people.</param>
internal readonly record struct UploadOrder(Offset Until, long SegmentBytes, string Reason);
