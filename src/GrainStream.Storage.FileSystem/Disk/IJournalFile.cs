namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>
/// One journal file. Offsets, lengths and memory of <see cref="IBlockReader.Read"/> and <see cref="Write"/> are multiples of
/// <see cref="Blocks.Size"/> (direct I/O). One writer at a time; any number of readers beside it. Disposing while a read is under way is safe.
/// </summary>
internal interface IJournalFile : IBlockReader, IDisposable
{
    /// <summary>Bytes allocated.</summary>
    long Length { get; }

    /// <summary>Makes the file longer; durable when it returns. Only before anything but the head was written.</summary>
    /// <exception cref="DiskFullException">There is no room; the file is as it was.</exception>
    void Extend(long length);

    /// <summary>Hands <paramref name="first"/> followed by <paramref name="second"/> to the operating system, all of it.</summary>
    /// <exception cref="IOException">Something was not taken; what is on disk in that range is unknown.</exception>
    void Write(long offset, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Makes everything written durable.</summary>
    /// <exception cref="IOException">What was written since the last sync may be lost, even if a later sync succeeds.</exception>
    void Sync();

    /// <summary>As <see cref="IBlockReader.Read"/>, for any offset, length and memory.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Makes sure that <see cref="ReadAsync"/> works on though the file be deleted; before that.</summary>
    void KeepReadable();

    /// <summary>Says that nothing more will be written, so that what only writing needs can be let go.</summary>
    void Seal();
}
