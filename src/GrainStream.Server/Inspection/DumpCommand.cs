namespace GrainStream.Server.Inspection;

/// <summary><c>log dump PATH</c>.</summary>
internal static class DumpCommand
{
    /// <summary>Prints the file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<ExitCode> RunAsync(LogArguments arguments, InspectionOutput output, TextWriter errors)
    {
        string path = Path.GetFullPath(arguments.Paths[0]);
        if (Directory.Exists(path))
        {
            await errors.WriteLineAsync($"{path} is a directory. Name a file in it, or check all of it: log verify --GrainStream:DataDirectory={path}");
            return ExitCode.WrongSettings;
        }

        if (!File.Exists(path))
        {
            await errors.WriteLineAsync($"{path} is not there.");
            return ExitCode.WrongSettings;
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
                await errors.WriteLineAsync(
                    $"{path} is no journal file, segment, manifest or page: it does not have the magic bytes of any of them. "
                    + "If its name says that it should be one, it is damaged there.");
                return ExitCode.DataDamaged;
        }

        return isSound ? ExitCode.Stopped : ExitCode.DataDamaged;
    }
}
