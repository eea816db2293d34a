using GrainStream.Runtime.Ports;
using GrainStream.Server.Options;
using GrainStream.Storage.FileSystem.Objects;

namespace GrainStream.Server.Inspection;

/// <summary>The object store of the server's settings, opened to be looked at.</summary>
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
    public static async Task<InspectedStore> OpenAsync(StorageOptions options)
    {
        if (options.Files is { } files)
        {
            return new InspectedStore(new FileObjectReader(files.Directory), opened: null);
        }

        IObjectStore opened = await ObjectStoreFactory.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        return new InspectedStore(opened, opened);
    }

    /// <summary>Where people find an object: its file, or its address without what gives access to it.</summary>
    public string PlaceOf(string name) => _opened is null ? Path.Combine(Objects.Location, name) : $"{Objects.Location}/{name}";

    public ValueTask DisposeAsync() => _opened?.DisposeAsync() ?? ValueTask.CompletedTask;
}
