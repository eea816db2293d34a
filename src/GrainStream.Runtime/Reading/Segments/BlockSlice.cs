namespace GrainStream.Runtime.Reading.Segments;

/// <summary>Whole batches within a block that is held.</summary>
internal readonly record struct BlockSlice(SegmentBlock Block, int Start, int Length);
