using GrainStream.Runtime.Ports;

namespace GrainStream.Hosting.Embedded;

/// <summary>
/// A store that is opened by its first use, and again by the next if that failed: a node serves from its journal while its store is away at the start.
/// </summary>
/// <param name="location">Where the objects are, for people, as far as is known before.</param>
/// <param name="open">Opens it; throws <see cref="StorageUnavailableException"/> while that is not possible.</param>
internal sealed class DeferredObjectStore(string location, Func<CancellationToken, Task<IObjectStore>> open) : IObjectStore
{
    private readonly SemaphoreSlim _opening = new(1);
    private volatile IObjectStore? _store;

    public string Location => _store?.Location ?? location;

    public async ValueTask<ObjectVersion> PutAsync(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).PutAsync(name, content, expected, cancellationToken);

    public async ValueTask<IObjectUpload> CreateAsync(string name, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).CreateAsync(name, cancellationToken);

    public async ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).ReadAsync(name, offset, destination, cancellationToken);

    public async ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).ListAsync(prefix, byFolder, continuation, cancellationToken);

    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).DeleteAsync(name, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_store is { } store)
        {
            await store.DisposeAsync();
        }

        _opening.Dispose();
    }

    private ValueTask<IObjectStore> OpenedAsync(CancellationToken cancellationToken) =>
        _store is { } store ? ValueTask.FromResult(store) : OpenAsync(cancellationToken);

    private async ValueTask<IObjectStore> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _store ??= await open(cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }
}
