using Azure.Core.Pipeline;

namespace GrainStream.Storage.Azure;

/// <summary>
/// Settings of a <see cref="BlobObjectStore"/>: either a connection string and a container's name, or a container's address, to which one is let by the SAS in its query or, without
/// one, by Microsoft Entra ID (managed identity, workload identity, a developer's own account). Not a record, which would print its secrets.
/// </summary>
public sealed class BlobObjectStoreOptions
{
    /// <summary>Connection string of a storage account, or <c>UseDevelopmentStorage=true</c> for Azurite. A secret.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The container, with <see cref="ConnectionString"/>. Made if missing.</summary>
    public string Container { get; init; } = "grainstream";

    /// <summary>Instead of a connection string: the container's address, <c>https://account.blob.core.windows.net/container</c>, with a SAS in its query or none. A SAS is a secret.</summary>
    public Uri? ContainerUri { get; init; }

    /// <summary>Objects on one page of a listing, at most 5000. Default 1000: a page is one request, and priced as one.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>How often a request is tried again. Default 5: with the delays below about half a minute, longer than a partition of a storage account takes to move.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>Before the first retry; doubled for each further one, unless the answer says how long (Retry-After). Default 0.8 s, that of Azure's SDK.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Longest delay that is not asked for by an answer. Default 15 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one try may take without a byte coming or going. Default 30 s.</summary>
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For tests: what requests go through instead of the network.</summary>
    internal HttpPipelineTransport? Transport { get; init; }

    /// <summary>Throws if a setting is out of range or does not go with another. The message does not contain secrets.</summary>
    /// <exception cref="ArgumentException">Says which and what is valid.</exception>
    public void Validate()
    {
        if (ConnectionString is null == ContainerUri is null)
        {
            throw new ArgumentException("Exactly one of ConnectionString and ContainerUri must be set.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PageSize, 5000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Retries, 0);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(NetworkTimeout, TimeSpan.Zero);
    }
}
