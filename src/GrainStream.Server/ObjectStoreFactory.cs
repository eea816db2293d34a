using GrainStream.Runtime.Ports;
using GrainStream.Server.Options;
using GrainStream.Storage.Azure;
using GrainStream.Storage.FileSystem.Objects;

namespace GrainStream.Server;

/// <summary>Opens the object store that the settings name.</summary>
internal static class ObjectStoreFactory
{
    /// <summary>Where it is, for people, before it is open: without secrets.</summary>
    public static string LocationOf(StorageOptions options) =>
        options.Files?.Directory
        ?? options.Blobs?.ContainerUri?.GetLeftPart(UriPartial.Path)
        ?? $"the container '{options.Blobs?.Container}'";

    /// <summary>Opens it.</summary>
    /// <exception cref="StorageUnavailableException">It cannot be used; the message says why and what to do.</exception>
    public static async Task<IObjectStore> OpenAsync(StorageOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        options.Blobs is { } blobs ? await BlobObjectStore.OpenAsync(blobs, cancellationToken)
        : options.Files is { } files ? FileObjectStore.Open(files, time)
        : throw new ArgumentException("No store is set.", nameof(options));
}
