using GrainStream.Core.Log.Tiering;
using GrainStream.Runtime.Ports;

namespace GrainStream.Runtime.Tiering;

/// <summary>Reads objects whole, or ranges of them whole.</summary>
internal static class StoredObjects
{
    /// <summary>
    /// Times that bytes are fetched before they count as damaged or cut short: what a network or a store spoilt on the way comes back right the next time.
    /// </summary>
    public const int Tries = 3;

    /// <summary>Guess of a small object's length, so that it takes one read: most manifests are below 20 KB.</summary>
    private const int SmallObjectBytes = 32 * 1024;

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on. Fewer bytes come only where the object ends; null if there is none.</summary>
    /// <exception cref="StorageUnavailableException">The store does not answer, or gives less than there is again and again.</exception>
    public static async ValueTask<ObjectRead?> ReadAsync(
        IObjectReader store, string name, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            ObjectRead? answer = await store.ReadAsync(name, offset, destination, cancellationToken);
            if (answer is not { } read || read.Bytes == Expected(read.ObjectLength))
            {
                return answer;
            }

            if (attempt == Tries)
            {
                throw new StorageUnavailableException(
                    $"{store.Location}: {read.Bytes} bytes of object {name} were given from byte {offset} on, where there are more. Try again later.");
            }
        }

        long Expected(long objectLength)
        {
            long start = offset < 0 ? Math.Max(0, objectLength + offset) : Math.Min(offset, objectLength);
            return Math.Min(destination.Length, objectLength - start);
        }
    }

    /// <summary>Reads a small object of unknown length whole; null if there is none.</summary>
    public static async ValueTask<(byte[] Content, ObjectVersion Version)?> ReadWholeAsync(
        IObjectReader store, string name, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[SmallObjectBytes];
        while (true)
        {
            if (await ReadAsync(store, name, 0, buffer, cancellationToken) is not { } read)
            {
                return null;
            }

            if (read.ObjectLength <= buffer.Length)
            {
                return (buffer[..read.Bytes], read.Version);
            }

            buffer = new byte[Math.Min(read.ObjectLength, Array.MaxLength)];
        }
    }

    /// <summary>Reads an object whose length is known. Other bytes than that many come only if the object is not the one that was meant.</summary>
    public static async ValueTask<byte[]?> ReadWholeAsync(IObjectReader store, string name, int length, CancellationToken cancellationToken)
    {
        // One byte more shows that there is more.
        byte[] buffer = new byte[length + 1];
        return await ReadAsync(store, name, 0, buffer, cancellationToken) is { } read ? buffer[..read.Bytes] : null;
    }

    /// <summary>The exception for bytes that are not what was stored.</summary>
    public static CorruptDataException Damaged(IObjectReader store, string name, StoredFault fault) => new(
        $"{store.Location}: object {name} is damaged at {fault}. Nothing of it is served; restore the object from a copy.");

    /// <summary>The exception for an object that should be there.</summary>
    public static CorruptDataException Missing(IObjectReader store, string name, string namedBy) => new(
        $"{store.Location}: object {name}, which {namedBy} names, is missing (byte 0). Restore the object from a copy.");
}
