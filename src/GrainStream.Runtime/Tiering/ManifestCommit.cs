namespace GrainStream.Runtime.Tiering;

/// <summary>What became of a change of a manifest.</summary>
/// <param name="IsCommitted">
/// The change is stored. If not, an earlier incarnation of this node had made another one first: plan anew from <paramref name="Current"/>.
/// </param>
/// <param name="Current">The manifest as it is stored now.</param>
public readonly record struct ManifestCommit(bool IsCommitted, LoadedManifest Current);
