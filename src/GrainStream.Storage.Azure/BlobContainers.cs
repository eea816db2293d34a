using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.Azure;

/// <summary>Makes a client of a container by <see cref="BlobObjectStoreOptions"/>, and sees to it that the container is there and usable.</summary>
internal static class BlobContainers
{
    /// <summary>The client. Asks nobody yet.</summary>
    public static BlobContainerClient ClientOf(BlobObjectStoreOptions options)
    {
        BlobClientOptions client = new()
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = options.Retries,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                NetworkTimeout = options.NetworkTimeout,
            },
            Diagnostics = { ApplicationId = "GrainStream", IsLoggingContentEnabled = false },
        };
        if (options.Transport is not null)
        {
            client.Transport = options.Transport;
        }

        if (options.ConnectionString is not null)
        {
            return FromConnectionString(options.ConnectionString, options.Container, client);
        }

        Uri container = options.ContainerUri!;
        return HasSas(container)
            ? new BlobContainerClient(container, client)
            : new BlobContainerClient(container, new DefaultAzureCredential(new DefaultAzureCredentialOptions { ExcludeInteractiveBrowserCredential = true }), client);
    }

    /// <summary>Whether an address brings its own permission, a shared access signature.</summary>
    public static bool HasSas(Uri container) => container.Query.Contains("sig=", StringComparison.Ordinal);

    /// <summary>The container's address without its query.</summary>
    public static string LocationOf(BlobContainerClient container) => container.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Lists a name, to see that the container is there and may be used; makes it if it is not there.</summary>
    /// <exception cref="StorageUnavailableException">It cannot be used; the message says what to do.</exception>
    public static async Task PrepareAsync(BlobContainerClient container, CancellationToken cancellationToken)
    {
        string location = LocationOf(container);
        try
        {
            if (!await TryListAsync(container, cancellationToken))
            {
                await container.CreateIfNotExistsAsync(PublicAccessType.None, null, null, cancellationToken);
            }
        }
        catch (Exception error) when (BlobErrors.IsOfService(error, cancellationToken))
        {
            throw BlobErrors.Translate(location, "", isConditionalPut: false, error);
        }
    }

    private static async Task<bool> TryListAsync(BlobContainerClient container, CancellationToken cancellationToken)
    {
        try
        {
            await using IAsyncEnumerator<Page<BlobItem>> pages = container
                .GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken)
                .AsPages(null, 1)
                .GetAsyncEnumerator(cancellationToken);
            await pages.MoveNextAsync();
            return true;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return false;
        }
    }

    private static BlobContainerClient FromConnectionString(string connectionString, string container, BlobClientOptions options)
    {
        try
        {
            return new BlobContainerClient(connectionString, container, options);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            // The SDK's message may quote the string.
            throw new StorageUnavailableException(
                "GrainStream:Storage:Azure:ConnectionString is not a connection string of a storage account. It looks like "
                + "DefaultEndpointsProtocol=https;AccountName=...;AccountKey=...;EndpointSuffix=core.windows.net, or is UseDevelopmentStorage=true.");
        }
    }
}
