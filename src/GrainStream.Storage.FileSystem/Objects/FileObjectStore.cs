using GrainStream.Runtime.Ports;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// Objects as plain files below a directory, named as the objects are, so that any tool can read and copy them. Safe for several processes that share the directory: see
/// <see cref="ObjectLocks"/> for what that relies on, and <see cref="ObjectFiles"/> for the steps of a put.
/// </summary>
public sealed class FileObjectStore : IObjectStore
{
    private readonly ObjectFiles _files;
    private readonly ObjectListings _listings;
    private readonly OpenObjects _open;
    private readonly BlockingThreads _readers;
    private readonly BlockingThreads _writers;

    private FileObjectStore(FileObjectStoreOptions options, ObjectFiles files)
    {
        _files = files;
        _listings = new ObjectListings(files, options.PageSize);
        _open = new OpenObjects(options.OpenFiles);
        _readers = new BlockingThreads("Object reads", options.Threads);
        _writers = new BlockingThreads("Object writes", options.Threads);
    }

    /// <inheritdoc/>
    public string Location => _files.Root;

    /// <summary>Unfinished files of processes that died, removed when the store was opened.</summary>
    public int AbandonedFiles => _files.AbandonedFiles;

    /// <summary>For tests of crashes: told each step of a change when it is done.</summary>
    internal Action<string>? StepDone
    {
        set => _files.StepDone = value;
    }

    /// <summary>Opens the store, making its directory if it is missing.</summary>
    /// <exception cref="StorageUnavailableException">The directory cannot be used; the message says why and what to do.</exception>
    public static FileObjectStore Open(FileObjectStoreOptions options, TimeProvider time)
    {
        options.Validate();
        return new FileObjectStore(options, FileErrors.Translate(Path.GetFullPath(options.Directory), () => new ObjectFiles(options, time)));
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectVersion> PutAsync(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        return await _writers.RunAsync(() => FileErrors.Translate(PathOf(name), () => Put(name, content, expected)), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IObjectUpload> CreateAsync(string name, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        return await _writers.RunAsync(
            () => FileErrors.Translate(PathOf(name), () =>
            {
                (string path, SafeFileHandle handle) = _files.Unfinished.Create();
                _files.StepDone?.Invoke("begun");
                return new FileObjectUpload(this, _files, _writers, name, path, handle);
            }),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        return await _readers.RunAsync(() => FileErrors.Translate(PathOf(name), () => Read(name, offset, destination.Span)), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken)
    {
        ObjectNames.RequirePrefix(prefix, byFolder);
        return await _readers.RunAsync(() => FileErrors.Translate(PathOf(prefix), () => _listings.List(prefix, byFolder, continuation)), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        return await _writers.RunAsync(() => FileErrors.Translate(PathOf(name), () => _files.Delete(name)), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _readers.DisposeAsync();
        await _writers.DisposeAsync();
        _open.Dispose();
    }

    /// <summary>The file of an object.</summary>
    internal string PathOf(string name) => _files.PathOf(name);

    private ObjectVersion Put(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected)
    {
        (string path, SafeFileHandle handle) = _files.Unfinished.Create();
        _files.StepDone?.Invoke("begun");
        bool published = false;
        try
        {
            RandomAccess.Write(handle, content.Span, 0);
            _files.StepDone?.Invoke("written");
            _files.Seal(handle);
            ObjectVersion version = expected is { } replaced ? _files.Replace(path, name, replaced) : _files.Create(path, name);
            published = true;
            return version;
        }
        finally
        {
            if (!published)
            {
                ObjectFiles.Discard(path, handle);
            }
        }
    }

    private ObjectRead? Read(string name, long offset, Span<byte> destination)
    {
        string path = PathOf(name);
        if (_open.Take(path) is not { } file)
        {
            // A folder of this name opens on some systems and fails to on others; either way it is no object.
            return null;
        }

        try
        {
            long length = file.Status.Length;
            long start = Math.Min(offset >= 0 ? offset : Math.Max(0, length + offset), length);
            Span<byte> wanted = destination[..(int)Math.Min(destination.Length, length - start)];
            for (int done = 0; done < wanted.Length;)
            {
                int read = RandomAccess.Read(file.Handle, wanted[done..], start + done);
                done += read > 0
                    ? read
                    : throw new CorruptDataException($"Object file '{path}' ends at {start + done}, though it had {length} bytes: something has cut it while it was read.");
            }

            return new ObjectRead(wanted.Length, length, file.Status.Version);
        }
        finally
        {
            _open.Return(file);
        }
    }
}
