using GrainStream.Core.Groups;

namespace GrainStream.Runtime.Groups;

/// <summary>A machine rebuilt from its log.</summary>
/// <param name="Machine">It.</param>
/// <param name="SnapshotBytes">Bytes of the snapshot that its log begins with; 0 if with none.</param>
/// <param name="Bytes">Bytes of its log behind the snapshot.</param>
internal sealed record LoadedGroup(Group Machine, long SnapshotBytes, long Bytes);
