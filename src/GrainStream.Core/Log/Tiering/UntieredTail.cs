namespace GrainStream.Core.Log.Tiering;

/// <summary>What of a partition is in the journal only.</summary>
/// <param name="Bytes">Bytes of its batches.</param>
/// <param name="Since">When the oldest of them was appended, or later; ignored if there are none.</param>
public readonly record struct UntieredTail(long Bytes, Timestamp Since);
