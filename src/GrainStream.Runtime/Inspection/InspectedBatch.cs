using GrainStream.Protocol.Records;

namespace GrainStream.Runtime.Inspection;

/// <summary>One record batch of an inspected segment.</summary>
/// <param name="Position">Byte of the segment where it begins.</param>
/// <param name="Header">Its head.</param>
/// <param name="IsIntact">Its own CRC is right.</param>
public readonly record struct InspectedBatch(long Position, RecordBatchHeader Header, bool IsIntact);
