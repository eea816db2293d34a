namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>
/// The numbered files of one journal directory, held exclusively. The seam between the journal and the disk: tests and simulation put a
/// disk in memory here that loses, tears, delays and refuses.
/// </summary>
internal interface IJournalFiles : IDisposable
{
    /// <summary>Where the files are, for messages.</summary>
    string Directory { get; }

    /// <summary>Numbers of the files there are, ascending.</summary>
    IReadOnlyList<long> List();

    /// <summary>Full name of a file, for messages.</summary>
    string PathOf(long number);

    /// <summary>
    /// Makes a file: <paramref name="length"/> bytes allocated, <paramref name="header"/> in its first block, zeros behind it, and all that
    /// durable, its name included, when this returns. On failure there is no such file.
    /// </summary>
    /// <exception cref="DiskFullException">There is no room for it.</exception>
    /// <exception cref="IOException">Anything else.</exception>
    IJournalFile Create(long number, long length, ReadOnlySpan<byte> header);

    /// <summary>Opens a file there is.</summary>
    IJournalFile Open(long number);

    /// <summary>Deletes a file. Durable after <see cref="SyncDirectory"/>.</summary>
    void Delete(long number);

    /// <summary>Takes a file out of the journal but keeps it, under a name it returns. Durable after <see cref="SyncDirectory"/>.</summary>
    string MoveAside(long number);

    /// <summary>Keeps a copy of a file, under a name it returns; the copy's content is durable, its name after <see cref="SyncDirectory"/>.</summary>
    string CopyAside(long number);

    /// <summary>Makes deletions and renames durable.</summary>
    void SyncDirectory();
}
