using GrainStream.Runtime.Ports;
using GrainStream.Storage.Azure;
using GrainStream.Storage.FileSystem.Objects;

namespace GrainStream.Cli.Inspection;

/// <summary>The object store of a server, opened to be looked at.</summary>
internal sealed class InspectedStore : IAsyncDisposable
{
    private readonly IObjectStore? _opened;

    private InspectedStore(IObjectReader objects, IObjectStore? opened)
    {
        Objects = objects;
        _opened = opened;
    }

    public IObjectReader Objects { get; }

    /// <summary>Opens it: a directory without touching it, a container as the server does.</summary>
    /// <exception cref="StorageUnavailableException">It does not answer.</exception>
    public static async Task<InspectedStore> OpenAsync(StoreOptions options)
    {
        if (options.Container is not { } container)
        {
            return new InspectedStore(new FileObjectReader(options.Directory), opened: null);
        }

        IObjectStore opened = await BlobObjectStore.OpenAsync(container, CancellationToken.None);
        return new InspectedStore(opened, opened);
    }

    /// <summary>Where people find an object: its file, or its address without what gives access to it.</summary>
    public string PlaceOf(string name) => _opened is null ? Path.Combine(Objects.Location, name) : $"{Objects.Location}/{name}";

    public ValueTask DisposeAsync() => _opened?.DisposeAsync() ?? ValueTask.CompletedTask;
}
