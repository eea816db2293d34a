using GrainStream.Storage.Azure;

namespace GrainStream.Cli.Inspection;

/// <summary>Where the object store is that belongs to a data directory. Not a record, which would print secrets.</summary>
/// <param name="directory">Used where there is no container.</param>
/// <param name="container">Null for a directory.</param>
internal sealed class StoreOptions(string directory, BlobObjectStoreOptions? container)
{
    public string Directory => directory;

    public BlobObjectStoreOptions? Container => container;
}
