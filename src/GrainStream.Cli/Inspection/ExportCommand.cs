using System.Globalization;
using GrainStream.Runtime.Inspection;

namespace GrainStream.Cli.Inspection;

/// <summary><c>log export SEGMENT FILE</c>: the record batches of a segment as a log file of Kafka's.</summary>
internal static class ExportCommand
{
    private const string Extension = ".log";
    private const int BufferBytes = 1 << 20;

    /// <summary>Copies the batches, unless anything in the segment is damaged.</summary>
    /// <exception cref="IOException">The segment cannot be read or the file not written.</exception>
    public static async Task<ExitCode> RunAsync(string segmentPath, string target, InspectionOutput output)
    {
        if (!File.Exists(segmentPath) || StoredFile.KindOf(segmentPath) != StoredKind.Segment)
        {
            throw new CommandFailedException(File.Exists(segmentPath) ? ExitCode.Usage : ExitCode.NotFound, $"{segmentPath} is no segment.");
        }

        SegmentReport segment = await SegmentInspection.InspectAsync(new LooseFile(segmentPath), segmentPath, null, null, CancellationToken.None);
        foreach (InspectionFault fault in segment.Faults)
        {
            output.Finding(new Finding(Severity.Damage, segmentPath, fault.Position, SegmentDump.Sentence(fault.Reason), SegmentDump.Mend));
        }

        if (segment is not { Faults.Count: 0, Footer: { } footer })
        {
            return ExitCode.Damaged;
        }

        // Kafka's tools know the base offset of a log by its file's name alone.
        string expectedName = footer.BaseOffset.Value.ToString("D20", CultureInfo.InvariantCulture) + Extension;
        string path = Path.GetFullPath(Directory.Exists(target) ? Path.Combine(target, expectedName) : target);
        if (File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.Failed, $"{path} is there already. Name another file, or remove it.");
        }

        using (FileStream source = StoredFile.OpenRead(segmentPath))
        using (FileStream file = new(path, FileMode.CreateNew, FileAccess.Write))
        {
            Copy(source, footer.DataLength, file);
        }

        output.Facts(
            "exported",
            ("segment", segmentPath),
            ("file", path),
            ("bytes", footer.DataLength),
            ("batches", footer.BatchCount),
            ("base offset", footer.BaseOffset.Value),
            ("end offset", footer.EndOffset.Value));
        if (Path.GetFileName(path) != expectedName)
        {
            output.Note($"Kafka's own tools take a log's base offset from its file's name: they want this file to be called {expectedName}.");
        }

        return ExitCode.Done;
    }

    private static void Copy(FileStream source, long length, FileStream file)
    {
        byte[] buffer = new byte[BufferBytes];
        while (length > 0)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length));
            source.ReadExactly(piece);
            file.Write(piece);
            length -= piece.Length;
        }
    }
}
