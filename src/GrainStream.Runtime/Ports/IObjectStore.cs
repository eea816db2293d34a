namespace GrainStream.Runtime.Ports;

/// <summary>
/// A store of named byte objects: segments, manifests and their pages. Names are ASCII, parts separated by '/'. Thread-safe. A put is durable and seen
/// by every later read, of any process, once it has completed.
/// <para>
/// Errors, the same of every adapter: <see cref="FencedException"/>, a put's condition did not hold; <see cref="StorageUnavailableException"/>, the store
/// does not do it now (away, throttled, forbidden, full) and whether a put or delete took effect is <em>not known</em>; <see cref="CorruptDataException"/>,
/// the bytes that came back are not those that were stored. Adapters try again by themselves, a few times and as late as the store asks (Retry-After),
/// so that even <see cref="FencedException"/> may be the echo of an earlier try that succeeded. A cancelled call may have taken effect.
/// </para>
/// </summary>
public interface IObjectStore : IObjectReader, IAsyncDisposable
{
    /// <summary>Writes a small object whole (up to some MiB).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its bytes; borrowed until the call completes.</param>
    /// <param name="expected">Replace exactly this version; null: only create.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<ObjectVersion> PutAsync(string name, ReadOnlyMemory<byte> content, ObjectVersion? expected, CancellationToken cancellationToken);

    /// <summary>Begins a large object, which will only be created, never replace another.</summary>
    ValueTask<IObjectUpload> CreateAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes an object. False if there was none, which is no error.</summary>
    ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken);
}
