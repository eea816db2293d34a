using GrainStream.Core.Log;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>Part of a slab that belongs to one group.</summary>
internal readonly record struct SlabPiece(Slab Slab, JournalPosition Start, JournalPosition End);
