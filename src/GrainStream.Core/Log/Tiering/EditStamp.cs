namespace GrainStream.Core.Log.Tiering;

/// <summary>What makes a change of a manifest one of its kind; both random.</summary>
/// <param name="OperationId">Tells whose change was stored when the answer got lost.</param>
/// <param name="Salt">Salt of the first page that the change writes; those of further ones follow.</param>
public readonly record struct EditStamp(Guid OperationId, ulong Salt);
