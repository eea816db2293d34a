namespace GrainStream.Runtime.Ports;

/// <summary>An object in a listing.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct StoredObject(string Name, long Length);
