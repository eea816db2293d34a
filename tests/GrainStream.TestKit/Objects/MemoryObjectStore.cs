using GrainStream.Runtime.Ports;

namespace GrainStream.TestKit.Objects;

/// <summary>
/// An object store in memory, complete and thread-safe; calls complete at once. What it holds outlives the brokers that a test starts and ends on it.
/// </summary>
public sealed class MemoryObjectStore : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Stored> _objects = new(StringComparer.Ordinal);

    // The keys of _objects in ordinal order.
    private readonly List<string> _names = [];
    private long _version;

    /// <inheritdoc/>
    public string Location => "memory";

    /// <summary>Objects and folders on one page of a listing. Small in tests of paging.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>How many objects there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _names.Count;
            }
        }
    }

    /// <summary>The names of all objects, in ordinal order, as of now.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
            {
                return [.. _names];
            }
        }
    }

    /// <summary>A store of its own with the same objects and versions: what a test goes back to, or compares with later.</summary>
    public MemoryObjectStore Clone()
    {
        lock (_gate)
        {
            MemoryObjectStore clone = new() { PageSize = PageSize };
            clone._version = _version;
            clone._names.AddRange(_names);
            foreach ((string name, Stored stored) in _objects)
            {
                // Content is never changed in place, so it can be shared.
                clone._objects.Add(name, stored);
            }

            return clone;
        }
    }

    /// <summary>A copy of an object's bytes; null if there is none.</summary>
    public byte[]? ContentOf(string name)
    {
        lock (_gate)
        {
            return _objects.TryGetValue(name, out Stored? stored) ? [.. stored.Content] : null;
        }
    }

    /// <summary>Damages an object as a failing disk would: its version stays.</summary>
    /// <param name="name">The object.</param>
    /// <param name="damage">Gets a copy of its bytes and returns what is to be there instead.</param>
    public void Tamper(string name, Func<byte[], byte[]> damage)
    {
        lock (_gate)
        {
            Stored stored = _objects[name];
            _objects[name] = stored with { Content = damage([.. stored.Content]) };
        }
    }

    /// <inheritdoc/>
    public ValueTask<ObjectVersion> PutAsync(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Put(name, content.ToArray(), expected));
    }

    /// <inheritdoc/>
    public ValueTask<IObjectUpload> CreateAsync(string name, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IObjectUpload>(new Upload(this, name));
    }

    /// <inheritdoc/>
    public ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        Stored? stored;
        lock (_gate)
        {
            if (!_objects.TryGetValue(name, out stored))
            {
                return ValueTask.FromResult<ObjectRead?>(null);
            }
        }

        long start = Math.Min(offset >= 0 ? offset : Math.Max(0, stored.Content.Length + offset), stored.Content.Length);
        ReadOnlySpan<byte> rest = stored.Content.AsSpan((int)start);
        ReadOnlySpan<byte> found = rest[..Math.Min(rest.Length, destination.Length)];
        found.CopyTo(destination.Span);
        return ValueTask.FromResult<ObjectRead?>(new ObjectRead(found.Length, stored.Content.Length, stored.Version));
    }

    /// <inheritdoc/>
    public ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken)
    {
        ObjectNames.RequirePrefix(prefix, byFolder);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(List(prefix, byFolder, continuation));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        ObjectNames.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            bool existed = _objects.Remove(name);
            if (existed)
            {
                _names.RemoveAt(_names.BinarySearch(name, StringComparer.Ordinal));
            }

            return ValueTask.FromResult(existed);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ObjectVersion Put(string name, byte[] content, ObjectVersion? expected)
    {
        lock (_gate)
        {
            bool exists = _objects.TryGetValue(name, out Stored? stored);
            if (expected is null ? exists : !exists || stored!.Version != expected)
            {
                throw new FencedException(
                    exists ? $"Object {name} is there already, in version {stored!.Version}." : $"Object {name} is not there, nor its version {expected}.");
            }

            if (!exists)
            {
                _names.Insert(~_names.BinarySearch(name, StringComparer.Ordinal), name);
            }

            ObjectVersion version = new($"\"{++_version:x}\"");
            _objects[name] = new Stored(content, version);
            return version;
        }
    }

    private ObjectPage List(string prefix, bool byFolder, string? continuation)
    {
        List<StoredObject> objects = [];
        List<string> prefixes = [];
        string last = "";
        int index = continuation is null ? FirstFrom(prefix) : FirstAfter(continuation);
        while (index < _names.Count && _names[index].StartsWith(prefix, StringComparison.Ordinal))
        {
            if (objects.Count + prefixes.Count == PageSize)
            {
                return new ObjectPage(objects, prefixes, last);
            }

            string name = _names[index];
            int slash = byFolder ? name.IndexOf('/', prefix.Length) : -1;
            if (slash < 0)
            {
                objects.Add(new StoredObject(name, _objects[name].Content.Length));
                last = name;
            }
            else
            {
                last = name[..(slash + 1)];
                prefixes.Add(last);
            }

            index = FirstAfter(last);
        }

        return new ObjectPage(objects, prefixes, null);
    }

    // A folder stands for everything in it: the next name is the first that does not begin so, and '0' is the character after '/'.
    private int FirstAfter(string last) => FirstFrom(last.EndsWith('/') ? last[..^1] + '0' : last + '\0');

    private int FirstFrom(string name)
    {
        int index = _names.BinarySearch(name, StringComparer.Ordinal);
        return index < 0 ? ~index : index;
    }

    private sealed record Stored(byte[] Content, ObjectVersion Version);

    private sealed class Upload(MemoryObjectStore store, string name) : IObjectUpload
    {
        private MemoryStream? _content = new();

        public ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Content.Write(block.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask<ObjectVersion> CompleteAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] content = Content.ToArray();
            _content = null;
            return ValueTask.FromResult(store.Put(name, content, null));
        }

        public ValueTask DisposeAsync()
        {
            _content = null;
            return ValueTask.CompletedTask;
        }

        private MemoryStream Content => _content ?? throw new ObjectDisposedException(nameof(IObjectUpload), $"The upload of {name} has ended.");
    }
}
