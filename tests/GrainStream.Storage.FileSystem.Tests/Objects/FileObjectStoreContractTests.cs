using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Objects;
using GrainStream.TestKit;
using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.FileSystem.Tests.Objects;

public sealed class FileObjectStoreContractTests : ObjectStoreContract
{
    private readonly TemporaryDirectory _directory = new();

    protected override int PageSize => 10;

    protected override Task<IObjectStore> OpenEmptyAsync() => Task.FromResult<IObjectStore>(
        FileObjectStore.Open(new FileObjectStoreOptions { Directory = _directory.Combine("objects"), PageSize = PageSize }, TimeProvider.System));

    protected override Task<IObjectStore> OpenAgainAsync() => OpenEmptyAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}
