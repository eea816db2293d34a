namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// How full a node's journal is, and what follows.
/// <code>
///   0              60 %                          capacity - 1 file    capacity
///   |--- a cache ---|--- the oldest files are freed ---|--- the node's own ---|
///                                                      producers wait from here on
/// </code>
/// The last file's worth is for what freeing itself writes: copies, checkpoints, and the node's own records, which never wait.
/// </summary>
/// <param name="UsedBytes">From the oldest byte kept to the end.</param>
/// <param name="CapacityBytes">What the journal may take.</param>
/// <param name="FileBytes">Bytes of one of its files.</param>
public readonly record struct JournalRoom(long UsedBytes, long CapacityBytes, long FileBytes)
{
    /// <summary>
    /// Used share from which on files are freed, in percent. Below it the journal is a cache of recent records and nothing is done. The rest has to
    /// last while the uploads that free a file run.
    /// </summary>
    public const int ReclaimPercent = 60;

    /// <summary>Files are to be freed.</summary>
    public bool MustReclaim => UsedBytes > CapacityBytes / 100 * ReclaimPercent;

    /// <summary>Producers have to wait.</summary>
    public bool IsFull => UsedBytes > CapacityBytes - FileBytes;
}
