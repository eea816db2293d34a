namespace GrainStream.Runtime.Inspection;

/// <summary>Something in an object store that is not as it should be.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Object">The object's name.</param>
/// <param name="ObjectKind">What the object is.</param>
/// <param name="Position">Byte of the object where it shows; where a checksum fails, the first byte that it covers.</param>
/// <param name="What">A sentence.</param>
public sealed record StoreFinding(StoreFindingKind Kind, string Object, StoredObjectKind ObjectKind, long Position, string What);
