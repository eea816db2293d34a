using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>
/// The objects of a <see cref="FileObjectStore"/>'s directory, for looking at only: opens no store, makes and locks nothing, and so works on a read-only copy and
/// beside a running server. Blocks its caller.
/// </summary>
/// <param name="directory">The store's directory.</param>
public sealed class FileObjectReader(string directory) : IObjectReader
{
    private const int PageSize = 1000;

    /// <inheritdoc/>
    public string Location { get; } = Path.GetFullPath(directory);

    /// <summary>The file of an object.</summary>
    public string PathOf(string name) => Path.Combine(Location, name.Replace('/', Path.DirectorySeparatorChar));

    /// <inheritdoc/>
    public ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using FileStream file = new(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            long length = file.Length;
            file.Position = Math.Min(offset < 0 ? Math.Max(0, length + offset) : offset, length);
            int read = file.ReadAtLeast(destination.Span, destination.Length, throwOnEndOfStream: false);
            return ValueTask.FromResult<ObjectRead?>(new ObjectRead(read, length, default));
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return ValueTask.FromResult<ObjectRead?>(null);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"'{PathOf(name)}' cannot be read: {cause.Message}", cause);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken)
    {
        ObjectNames.RequirePrefix(prefix, byFolder);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            List<StoredObject> objects = [];
            List<string> folders = [];
            string? last = null;
            foreach (string name in new ObjectWalk(Location, prefix, byFolder).From(continuation))
            {
                if (objects.Count + folders.Count == PageSize)
                {
                    return ValueTask.FromResult(new ObjectPage(objects, folders, last));
                }

                last = name;
                if (name.EndsWith('/'))
                {
                    folders.Add(name);
                }
                else if (new FileInfo(PathOf(name)) is { Exists: true } file)
                {
                    objects.Add(new StoredObject(name, file.Length));
                }
            }

            return ValueTask.FromResult(new ObjectPage(objects, folders, null));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"'{Location}' cannot be listed: {cause.Message}", cause);
        }
    }
}
