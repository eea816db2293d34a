using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.Azure;

/// <summary>
/// Objects as block blobs of one container of Azure Blob Storage, or of Azurite. Conditions are ETags. Requests are tried again by Azure's SDK, as late as an answer's
/// Retry-After asks; what reaches the caller is what stayed.
/// <para>Use an account without hierarchical namespace: with one, listings come in another order than by name.</para>
/// </summary>
public sealed class BlobObjectStore : IObjectStore
{
    private readonly BlobContainerClient _container;
    private readonly BlobWriter _writer;
    private readonly int _pageSize;

    private BlobObjectStore(BlobContainerClient container, int pageSize)
    {
        _container = container;
        _writer = new BlobWriter(container);
        _pageSize = pageSize;
        Location = BlobContainers.LocationOf(container);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>Opens the container, making it if it is missing.</summary>
    /// <exception cref="StorageUnavailableException">It cannot be used; the message says why and what to do.</exception>
    public static async Task<BlobObjectStore> OpenAsync(BlobObjectStoreOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        BlobContainerClient container = BlobContainers.ClientOf(options);
        await BlobContainers.PrepareAsync(container, cancellationToken);
        return new BlobObjectStore(container, options.PageSize);
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectVersion> PutAsync(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        return await CallAsync(name, isConditionalPut: true, () => _writer.PutAsync(name, content, expected, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IObjectUpload> CreateAsync(string name, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IObjectUpload>(new BlobUpload(this, _writer, _container.GetBlobClient(name), name));
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        BlobReader reader = new(_container.GetBlobClient(name), Location, name);
        return await CallAsync(name, isConditionalPut: false, () => reader.ReadAsync(offset, destination, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken)
    {
        ObjectNames.RequirePrefix(prefix, byFolder);
        return await CallAsync(
            prefix,
            isConditionalPut: false,
            () => byFolder ? ListFoldersAsync(prefix, continuation, cancellationToken) : ListAllAsync(prefix, continuation, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        return await CallAsync(
            name,
            isConditionalPut: false,
            async () =>
            {
                try
                {
                    await _container.GetBlobClient(name).DeleteAsync(DeleteSnapshotsOption.None, null, cancellationToken);
                    return true;
                }
                catch (RequestFailedException error) when (BlobErrors.MeansMissing(error))
                {
                    return false;
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static ObjectVersion VersionOf(ETag tag) => new(tag.ToString("H"));

    /// <summary>Runs requests and translates what they throw.</summary>
    internal async Task<T> CallAsync<T>(string name, bool isConditionalPut, Func<Task<T>> requests, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await requests();
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, the caller has given up and expects to hear just that.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception error) when (BlobErrors.IsOfService(error, cancellationToken))
        {
            throw BlobErrors.Translate(Location, name, isConditionalPut, error);
        }
    }

    private async Task<ObjectPage> ListAllAsync(string prefix, string? continuation, CancellationToken cancellationToken)
    {
        await foreach (Page<BlobItem> page in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken)
            .AsPages(continuation, _pageSize).WithCancellation(cancellationToken))
        {
            // The service may answer with an empty page and more to come.
            if (page.Values.Count > 0 || string.IsNullOrEmpty(page.ContinuationToken))
            {
                return new ObjectPage([.. page.Values.Select(ObjectOf)], [], NextOf(page.ContinuationToken));
            }
        }

        return new ObjectPage([], [], null);
    }

    private async Task<ObjectPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellationToken)
    {
        await foreach (Page<BlobHierarchyItem> page in _container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", prefix, cancellationToken)
            .AsPages(continuation, _pageSize).WithCancellation(cancellationToken))
        {
            if (page.Values.Count > 0 || string.IsNullOrEmpty(page.ContinuationToken))
            {
                return new ObjectPage(
                    [.. page.Values.Where(item => item.IsBlob).Select(item => ObjectOf(item.Blob))],
                    [.. page.Values.Where(item => item.IsPrefix).Select(item => item.Prefix)],
                    NextOf(page.ContinuationToken));
            }
        }

        return new ObjectPage([], [], null);
    }

    private static StoredObject ObjectOf(BlobItem blob) => new(blob.Name, blob.Properties.ContentLength ?? 0);

    private static string? NextOf(string? token) => string.IsNullOrEmpty(token) ? null : token;
}
