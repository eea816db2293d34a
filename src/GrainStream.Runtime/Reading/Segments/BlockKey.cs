using GrainStream.Core.Log.Tiering;

namespace GrainStream.Runtime.Reading.Segments;

/// <summary>A block of a segment. Names are never used twice, so neither are keys.</summary>
internal readonly record struct BlockKey(SegmentName Segment, int Block);
