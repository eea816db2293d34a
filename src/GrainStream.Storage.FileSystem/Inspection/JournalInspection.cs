using System.Globalization;
using GrainStream.Core.Log;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>
/// Looks at journal files without opening them as a journal: changes nothing, takes no lock, and works beside a running node. What a running
/// node is writing just then may show as <see cref="JournalFindingKind.Unfinished"/>.
/// </summary>
public static class JournalInspection
{
    private const int BufferBytes = 4 << 20;

    /// <summary>Shows one file frame by frame.</summary>
    /// <param name="path">The file.</param>
    /// <param name="visit">Given every frame in order, damaged ones whose head can be read included.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JournalFileSummary Dump(string path, Action<JournalFrameInfo> visit)
    {
        using var buffer = new AlignedBuffer(BufferBytes);
        return new JournalFileWalk(Path.GetFullPath(path), buffer, visit).Run(isLastWithFrames: true);
    }

    /// <summary>Checks every file of a journal, and that they belong together.</summary>
    /// <param name="directory">A node's data directory, or the folder in it that holds the journal.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static JournalVerification Verify(string directory)
    {
        string inside = Path.Combine(directory, DirectoryJournalFiles.FolderName);
        directory = Path.GetFullPath(Directory.Exists(inside) ? inside : directory);
        using var buffer = new AlignedBuffer(BufferBytes);
        var verifier = new JournalVerifier(directory, buffer);
        return verifier.Run(Numbers(directory));
    }

    /// <summary>The name of a journal file.</summary>
    internal static string PathOf(string directory, long number) =>
        Path.Combine(directory, number.ToString("D20", CultureInfo.InvariantCulture) + DirectoryJournalFiles.Suffix);

    private static List<long> Numbers(string directory)
    {
        List<long> numbers = [];
        foreach (string path in Directory.EnumerateFiles(directory, "*" + DirectoryJournalFiles.Suffix))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        return numbers;
    }
}
