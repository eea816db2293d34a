using GrainStream.Core.Log.Tiering;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>A manifest as it is stored.</summary>
/// <param name="Manifest">Its contents.</param>
/// <param name="Version">The object's version: what the next put must find.</param>
public sealed record LoadedManifest(Manifest Manifest, ObjectVersion Version);
