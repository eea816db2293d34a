using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>Name of a partition's manifest: <c>{topic id, 32 hex}/{partition}/manifest</c>.</summary>
public static class ManifestName
{
    private const string Name = "manifest";

    public static string Of(PartitionId partition) => PartitionFolder.Of(partition) + Name;

    /// <summary>Reads a name; false if it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out PartitionId partition) =>
        PartitionFolder.TryParse(name, out partition, out ReadOnlySpan<char> rest) && rest.SequenceEqual(Name);
}
