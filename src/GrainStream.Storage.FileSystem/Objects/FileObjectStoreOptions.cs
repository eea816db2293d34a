namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>Settings of a <see cref="FileObjectStore"/>.</summary>
public sealed record FileObjectStoreOptions
{
    /// <summary>Where the objects are: made if missing. Several nodes may share one, on a file system that all of them see and that locks files between them.</summary>
    public required string Directory { get; init; }

    /// <summary>How many objects that are being read stay open. Default 256: a node reads few segments at a time, and the usual limit of open files is 1024.</summary>
    public int OpenFiles { get; init; } = 256;

    /// <summary>Objects on one page of a listing. Default 1000.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>How many reads, and how many changes besides, the file system is asked for at once. Default 4 each: enough for a disk's queue, while the rest waits in line.</summary>
    public int Threads { get; init; } = 4;

    /// <summary>How long another process may hold the lock of an object before a change gives up. Default 10 s: it holds it for two calls of the file system.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Throws if a setting is out of range.</summary>
    /// <exception cref="ArgumentException">The message says which and what is valid.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Directory);
        ArgumentOutOfRangeException.ThrowIfLessThan(OpenFiles, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(LockTimeout, TimeSpan.Zero);
    }
}
