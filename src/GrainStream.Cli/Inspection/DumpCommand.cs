namespace GrainStream.Cli.Inspection;

/// <summary><c>log dump PATH</c>.</summary>
internal static class DumpCommand
{
    /// <summary>Prints the file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="CommandFailedException">It is not there, or nothing that can be shown.</exception>
    public static async Task<ExitCode> RunAsync(string file, DumpOptions arguments, InspectionOutput output)
    {
        string path = Path.GetFullPath(file);
        if (Directory.Exists(path))
        {
            throw new CommandFailedException(ExitCode.Usage, $"{path} is a directory. Name a file in it, or check all of it: log verify --data-directory {path}");
        }

        if (!File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.NotFound, $"{path} is not there.");
        }

        bool isSound;
        switch (StoredFile.KindOf(path))
        {
            case StoredKind.Journal:
                isSound = JournalDump.Print(path, arguments, output);
                break;
            case StoredKind.Segment:
                isSound = await SegmentDump.PrintAsync(path, arguments, output);
                break;
            case StoredKind.Manifest:
                isSound = ManifestDump.Print(path, arguments, output);
                break;
            case StoredKind.Page:
                isSound = PageDump.Print(path, arguments, output);
                break;
            default:
                throw new CommandFailedException(
                    ExitCode.Damaged,
                    $"{path} is no journal file, segment, manifest or page: it does not have the magic bytes of any of them. "
                    + "If its name says that it should be one, it is damaged there.");
        }

        return isSound ? ExitCode.Done : ExitCode.Damaged;
    }
}
