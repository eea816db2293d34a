using GrainStream.TestKit.Objects;

namespace GrainStream.Storage.Azure.Tests.Support;

/// <summary>One Azurite for all tests of the collection, each of which uses a container of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    public const string Name = "Azurite";

    private static int _containers;

    private Azurite? _azurite;

    public Azurite Azurite => _azurite ?? throw new InvalidOperationException(GrainStream.TestKit.Objects.Azurite.Missing);

    public static string NewContainer() => $"test-{Interlocked.Increment(ref _containers)}";

    public async Task InitializeAsync() =>
        _azurite = GrainStream.TestKit.Objects.Azurite.Missing is null ? await GrainStream.TestKit.Objects.Azurite.StartAsync() : null;

    public async Task DisposeAsync()
    {
        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }
    }

    [CollectionDefinition(Name)]
    public sealed class Definition : ICollectionFixture<AzuriteFixture>;
}
