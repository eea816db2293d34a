namespace GrainStream.Runtime.Ports;

/// <summary>One page of a listing.</summary>
/// <param name="Objects">Objects, by ordinal order of name.</param>
/// <param name="Prefixes">Of a listing by folder: the folders directly below the prefix, each ending in '/'; else empty.</param>
/// <param name="Continuation">Asks for the next page; null on the last one.</param>
public sealed record ObjectPage(IReadOnlyList<StoredObject> Objects, IReadOnlyList<string> Prefixes, string? Continuation);
