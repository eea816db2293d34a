using GrainStream.Runtime.Ports;
using Xunit;

namespace GrainStream.TestKit.Objects;

/// <summary>Tests of one object store: it is open and empty at the start of each.</summary>
public abstract class ObjectStoreCase : IAsyncLifetime
{
    private IObjectStore? _store;

    /// <summary>The store under test, empty at first.</summary>
    protected IObjectStore Store => _store ?? throw new InvalidOperationException("The store is open only during a test.");

    /// <summary>Objects and folders on a page of a listing, or fewer: the store is opened so that three pages are quickly filled.</summary>
    protected abstract int PageSize { get; }

    /// <summary>Opens an empty store.</summary>
    protected abstract Task<IObjectStore> OpenEmptyAsync();

    /// <summary>Opens the same store again, beside the first, as another process would.</summary>
    protected abstract Task<IObjectStore> OpenAgainAsync();

    public virtual async Task InitializeAsync() => _store = await OpenEmptyAsync();

    public virtual async Task DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    /// <summary>Bytes that tell their place, so that a wrong range shows.</summary>
    protected static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)(i * 31 + (i >> 8) * 7);
        }

        return bytes;
    }

    /// <summary>Reads an object that must be there.</summary>
    protected async Task<ObjectRead> ReadAsync(string name, long offset, Memory<byte> destination)
    {
        ObjectRead? read = await Store.ReadAsync(name, offset, destination, default);
        Assert.NotNull(read);
        return read.Value;
    }

    /// <summary>All names of a listing, folders among them in their place.</summary>
    protected async Task<IReadOnlyList<string>> NamesAsync(string prefix, bool byFolder)
    {
        var names = new List<string>();
        string? continuation = null;
        do
        {
            ObjectPage page = await Store.ListAsync(prefix, byFolder, continuation, default);
            names.AddRange(page.Objects.Select(found => found.Name).Concat(page.Prefixes).Order(StringComparer.Ordinal));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return names;
    }
}
