using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>A journal on a disk in memory, small enough for files and slabs to change often, and what belongs to it.</summary>
internal sealed class Rig
{
    public static readonly FileJournalOptions SmallOptions = new()
    {
        DataDirectory = "unused",
        FileBytes = 32 * 1024,
        SlabBytes = 8 * 1024,
        TailMemoryBytes = 4 * 8 * 1024,
    };

    public FileJournalOptions Options { get; init; } = SmallOptions;

    public MemoryDisk Disk { get; init; } = new();

    public RecordingReplay Replay { get; } = new();

    public CapturingLogger Log { get; } = new();

    public ManualTime Time { get; } = new();

    public RecordingAppender Appender { get; } = new();

    /// <summary>Opens a journal that commits by itself, or, if <paramref name="stepped"/>, only in <see cref="FileJournal.Step"/>.</summary>
    public FileJournal Open(bool stepped = true)
    {
        IJournalFiles files = Disk.Mount();
        return FileJournal.Open(Options, files, Replay, Time, Log, null, ownThread: !stepped);
    }

    /// <summary>Makes a disk with a journal of these frames, each synced before the next, and stopped as if by kill -9.</summary>
    public static MemoryDisk DiskWith(params int[] lengths)
    {
        var rig = new Rig();
        FileJournal journal = rig.Open();
        for (int i = 0; i < lengths.Length; i++)
        {
            journal.Append(rig.Appender, 0, i, lengths[i]);
            journal.Step();
        }

        return rig.Disk.Copy();
    }
}
