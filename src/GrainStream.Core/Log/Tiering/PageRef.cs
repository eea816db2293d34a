using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>A page of older segment entries as a manifest names it.</summary>
/// <param name="FirstOffset">Base offset of its first segment.</param>
/// <param name="EndOffset">End offset of its last.</param>
/// <param name="Salt">Random part of its name.</param>
/// <param name="DataBytes">Bytes of the batches of all its segments.</param>
/// <param name="MaxTimestamp">Greatest timestamp in any of them; -1 for none.</param>
/// <param name="Count">Its segments.</param>
/// <param name="Crc">The page's checksum: another page put in its place is noticed.</param>
/// <param name="Level">0 for a page cut from the head; 16 pages of a level are merged into one of the next.</param>
public readonly record struct PageRef(
    Offset FirstOffset, Offset EndOffset, ulong Salt, long DataBytes, long MaxTimestamp, int Count, uint Crc, byte Level);
