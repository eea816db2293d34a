namespace GrainStream.Cli.Inspection;

/// <summary>Tells stored files apart by the magic bytes that each format has, wherever somebody has copied them to and whatever they are called there.</summary>
internal static class StoredFile
{
    private const int MagicLength = 8;

    /// <summary>What the file is.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StoredKind KindOf(string path)
    {
        using FileStream file = OpenRead(path);
        Span<byte> magic = stackalloc byte[MagicLength];
        if (file.ReadAtLeast(magic, MagicLength, throwOnEndOfStream: false) < MagicLength)
        {
            return StoredKind.Unknown;
        }

        if (magic.SequenceEqual("GSJOURNL"u8))
        {
            return StoredKind.Journal;
        }

        if (magic.SequenceEqual("GSMANIFE"u8))
        {
            return StoredKind.Manifest;
        }

        if (magic.SequenceEqual("GSMFPAGE"u8))
        {
            return StoredKind.Page;
        }

        // A segment begins with its batches: what it is stands at its end.
        file.Seek(-MagicLength, SeekOrigin.End);
        file.ReadExactly(magic);
        return magic.SequenceEqual("GSSEGEND"u8) ? StoredKind.Segment : StoredKind.Unknown;
    }

    /// <summary>Opens a file to read, whoever else has it open.</summary>
    public static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
