namespace GrainStream.Core.Log.Compaction;

/// <summary>128 bits that stand for a record's key (<see cref="KeyHasher"/>).</summary>
public readonly record struct KeyHash(ulong Low, ulong High);
