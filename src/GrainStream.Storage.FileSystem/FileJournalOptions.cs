namespace GrainStream.Storage.FileSystem;

/// <summary>How a node's journal is kept. Configuration section <c>GrainStream:Journal</c>, but for the data directory.</summary>
public sealed record FileJournalOptions
{
    /// <summary>Least <see cref="FileBytes"/>: a head block and a little room, so that tests can roll files often.</summary>
    public const long MinFileBytes = 16 * 1024;

    /// <summary>Least <see cref="SlabBytes"/>.</summary>
    public const int MinSlabBytes = 8 * 1024;

    /// <summary>Fewest slabs that <see cref="TailMemoryBytes"/> must have room for: one filling, one being written, two to read from.</summary>
    public const int MinSlabs = 4;

    /// <summary>Least <see cref="MaxBytes"/> in files: one in use, one made ahead, and two that keep data while the oldest is given back.</summary>
    public const int MinFiles = 4;

    /// <summary>Files that the journal is cut into where <see cref="FileBytes"/> is not set, within its bounds.</summary>
    private const int UsualFiles = 16;

    private readonly long? _fileBytes;

    /// <summary>The node's directory (<c>GrainStream:DataDirectory</c>); the journal lives in its <c>journal</c> folder. Created if missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Bytes of all journal files together, the one made ahead included, that the journal should stay within: what it holds is moved to
    /// the object store, or forward, before that. Default 2 GiB: some ten seconds of a disk's full speed to move it in. At least four
    /// files. The journal itself never refuses an append for it.
    /// </summary>
    public long MaxBytes { get; init; } = 2L << 30;

    /// <summary>
    /// Bytes of one journal file, allocated in advance, and given back as a whole. Default a sixteenth of <see cref="MaxBytes"/>, from 16 MiB
    /// (rolling must be rare) to 256 MiB (a tenth of a second at a disk's full speed, and small enough to be given back soon). A multiple
    /// of 4096, at least 16 KiB.
    /// </summary>
    public long FileBytes
    {
        get => _fileBytes ?? UsualFileBytes(MaxBytes);
        init => _fileBytes = value;
    }

    /// <summary>
    /// Bytes of one buffer ("slab"), which is what is evicted at a time. Default 4 MiB: large enough for one write to use a disk's
    /// full speed. A multiple of 4096, at least 8 KiB; a larger frame gets a larger slab.
    /// </summary>
    public int SlabBytes { get; init; } = 4 << 20;

    /// <summary>
    /// Bound of the memory that holds recent journal bytes, for writing and as the cache of every partition's tail. Default 192 MiB,
    /// which leaves a broker below 400 MB in all. At least four slabs. Exceeded only while so many bytes wait for the disk or are pinned.
    /// </summary>
    public long TailMemoryBytes { get; init; } = 192L << 20;

    /// <summary>Un-synced bytes from which on appenders are made to wait. Default 64 MiB: about 30 ms of a fast disk. At least 1.</summary>
    public long MaxPendingBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Bytes from which on a group is closed, to be written and synced as one. Default 8 MiB: a sync costs little beside it, and its
    /// appenders need not wait for more than it. At least 1.
    /// </summary>
    public long MaxGroupBytes { get; init; } = 8L << 20;

    /// <summary>
    /// What to do when stored frames turn out damaged. False, the default: refuse to start. True: copy the damaged file and move everything
    /// after it aside (<c>*.damaged</c>), cut the journal at the damage and start; acknowledged records after that point are lost.
    /// </summary>
    public bool AcceptDamage { get; init; }

    /// <summary>Whether to bypass the page cache where the file system can (Linux). Default true; see docs/decisions/0001.</summary>
    public bool DirectIo { get; init; } = true;

    /// <summary>Refuses values that cannot work.</summary>
    /// <exception cref="ArgumentException">Says which option, what it is, and what it may be.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(DataDirectory), "GrainStream:DataDirectory is empty; name a directory to keep data in.");
        Require(
            FileBytes >= MinFileBytes && FileBytes % Blocks.Size == 0,
            $"GrainStream:Journal:FileBytes is {FileBytes}; it must be a multiple of {Blocks.Size}, at least {MinFileBytes}.");
        Require(
            MaxBytes / MinFiles >= FileBytes,
            $"GrainStream:Journal:MaxBytes is {MaxBytes}; it must have room for at least {MinFiles} files of FileBytes, {FileBytes} each.");
        Require(
            SlabBytes >= MinSlabBytes && SlabBytes % Blocks.Size == 0 && SlabBytes <= 1 << 30,
            $"GrainStream:Journal:SlabBytes is {SlabBytes}; it must be a multiple of {Blocks.Size} from {MinSlabBytes} to {1 << 30}.");
        Require(
            TailMemoryBytes >= (long)SlabBytes * MinSlabs,
            $"GrainStream:Journal:TailMemoryBytes is {TailMemoryBytes}; it must be at least {MinSlabs} times SlabBytes, {(long)SlabBytes * MinSlabs}.");
        Require(MaxPendingBytes >= 1, $"GrainStream:Journal:MaxPendingBytes is {MaxPendingBytes}; it must be at least 1.");
        Require(MaxGroupBytes >= 1, $"GrainStream:Journal:MaxGroupBytes is {MaxGroupBytes}; it must be at least 1.");
    }

    private static long UsualFileBytes(long maxBytes) => Math.Clamp(Blocks.Down(maxBytes / UsualFiles), 16L << 20, 256L << 20);

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
