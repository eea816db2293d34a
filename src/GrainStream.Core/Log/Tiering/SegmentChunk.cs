using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>A stretch of a segment's record batches that is read and verified as a whole.</summary>
/// <param name="BaseOffset">Base offset of its first batch.</param>
/// <param name="Position">Byte of the segment where it begins; it ends where the next one begins, the last one with the batches.</param>
/// <param name="Crc">CRC-32C of all its bytes. A batch's own CRC leaves out the first 21, and so does not do.</param>
/// <param name="MaxTimestamp">Greatest timestamp of its records, Unix milliseconds; -1 if they have none.</param>
public readonly record struct SegmentChunk(Offset BaseOffset, long Position, uint Crc, long MaxTimestamp);
