namespace GrainStream.Runtime.Ports;

/// <summary>A large object on its way, block by block. Nothing of it can be seen before <see cref="CompleteAsync"/>. Disposed without that, it never was.</summary>
public interface IObjectUpload : IAsyncDisposable
{
    /// <summary>Adds the next bytes, borrowed until the call completes. Best in blocks of 4 to 16 MiB.</summary>
    /// <exception cref="StorageUnavailableException">The store does not answer; the upload is lost.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken);

    /// <summary>Makes the object, durably, if there is none of its name.</summary>
    /// <exception cref="FencedException">There is one of this name: somebody else's, or this one, from an earlier try.</exception>
    /// <exception cref="StorageUnavailableException">Whether the object was made is not known.</exception>
    ValueTask<ObjectVersion> CompleteAsync(CancellationToken cancellationToken);
}
