namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>Something in the journal that no crash of ours can have left.</summary>
/// <param name="FileIndex">Which file, counted from the oldest there is; for a missing one, where it should be.</param>
/// <param name="Offset">Byte in that file from which on it cannot be used; 0 for the whole file.</param>
/// <param name="What">A sentence that names file and byte.</param>
internal sealed record Damage(int FileIndex, long Offset, string What);
