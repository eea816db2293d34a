namespace GrainStream.Client;

/// <summary>A header of a record (KIP-82). Names may repeat.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Null and empty are not the same.</param>
public readonly record struct MessageHeader(string Key, ReadOnlyMemory<byte>? Value);
