using GrainStream.Runtime.Ports;
using GrainStream.Storage.Azure.Tests.Support;
using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.Azure.Tests;

[Collection(AzuriteFixture.Name)]
[SkipWithoutAzurite]
public sealed class BlobObjectStoreContractTests(AzuriteFixture fixture) : ObjectStoreContract
{
    private readonly string _container = AzuriteFixture.NewContainer();

    protected override int PageSize => 10;

    protected override Task<IObjectStore> OpenEmptyAsync() => OpenAgainAsync();

    protected override async Task<IObjectStore> OpenAgainAsync() => await BlobObjectStore.OpenAsync(
        new BlobObjectStoreOptions { ConnectionString = fixture.Azurite.ConnectionString, Container = _container, PageSize = PageSize }, default);
}
