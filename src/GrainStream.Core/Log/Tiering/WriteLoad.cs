namespace GrainStream.Core.Log.Tiering;

/// <summary>How hard producers write to a node.</summary>
/// <param name="BytesPerSecond">Bytes appended to its journal per second, lately.</param>
/// <param name="UntieredBytes">Bytes of all partitions that no upload has taken yet.</param>
public readonly record struct WriteLoad(double BytesPerSecond, long UntieredBytes);
