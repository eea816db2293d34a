using GrainStream.Storage.Azure;
using GrainStream.Storage.FileSystem.Objects;

namespace GrainStream.Server.Options;

/// <summary>Where the history is kept: exactly one of the two is set.</summary>
public sealed record StorageOptions
{
    /// <summary>A directory.</summary>
    public FileObjectStoreOptions? Files { get; init; }

    /// <summary>A container. Prints no secrets.</summary>
    public BlobObjectStoreOptions? Blobs { get; init; }
}
