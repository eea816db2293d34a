namespace GrainStream.Runtime.Ports;

/// <summary>What a ranged read found.</summary>
/// <param name="Bytes">Bytes that were read; fewer than asked only where the object ends.</param>
/// <param name="ObjectLength">Length of the whole object.</param>
/// <param name="Version">The version that was read.</param>
public readonly record struct ObjectRead(int Bytes, long ObjectLength, ObjectVersion Version);
