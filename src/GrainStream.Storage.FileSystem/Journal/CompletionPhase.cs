namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>What became of a group.</summary>
internal enum CompletionPhase
{
    Written,
    Synced,
    Failed,
}
