using GrainStream.Runtime.Ports;
using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.FileSystem.Tests.Objects;

/// <summary>The tests' own store keeps the contract too, or it would prove nothing.</summary>
public sealed class MemoryObjectStoreContractTests : ObjectStoreContract
{
    private readonly MemoryObjectStore _store = new() { PageSize = 10 };

    protected override int PageSize => _store.PageSize;

    protected override Task<IObjectStore> OpenEmptyAsync() => Task.FromResult<IObjectStore>(_store);

    protected override Task<IObjectStore> OpenAgainAsync() => Task.FromResult<IObjectStore>(_store);
}
