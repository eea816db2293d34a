namespace GrainStream.Runtime.Ports;

/// <summary>The half of an <see cref="IObjectStore"/> that changes nothing. Thread-safe.</summary>
public interface IObjectReader
{
    /// <summary>Where the objects are, for people: a directory or a container's address, without secrets.</summary>
    string Location { get; }

    /// <summary>Reads from <paramref name="offset"/> on, up to <paramref name="destination"/>'s length. Null if there is no such object.</summary>
    /// <param name="name">The object.</param>
    /// <param name="offset">First byte; negative counts from the end of the object (all of it, if it is shorter).</param>
    /// <param name="destination">Filled as far as the object goes; borrowed until the call completes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<ObjectRead?> ReadAsync(string name, long offset, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Lists objects whose names begin with a prefix, page by page, in ordinal order of name.</summary>
    /// <param name="prefix">Beginning of the names; empty for all.</param>
    /// <param name="byFolder">Only what lies directly below the prefix (which then is empty or ends in '/'), and folders for the rest.</param>
    /// <param name="continuation">Of the page before; null for the first.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<ObjectPage> ListAsync(string prefix, bool byFolder, string? continuation, CancellationToken cancellationToken);
}
