using GrainStream.Runtime.Ports;
using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.FileSystem.Tests.Objects;

/// <summary>Without faults the wrapper changes nothing.</summary>
public sealed class FaultyObjectStoreContractTests : ObjectStoreContract
{
    private readonly MemoryObjectStore _store = new() { PageSize = 10 };

    protected override int PageSize => _store.PageSize;

    protected override Task<IObjectStore> OpenEmptyAsync() => Task.FromResult<IObjectStore>(new FaultyObjectStore(_store, TimeProvider.System));

    protected override Task<IObjectStore> OpenAgainAsync() => Task.FromResult<IObjectStore>(new FaultyObjectStore(_store, TimeProvider.System));
}
