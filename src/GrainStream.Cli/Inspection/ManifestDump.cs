using GrainStream.Core;
using GrainStream.Core.Log;
using GrainStream.Core.Log.Tiering;

namespace GrainStream.Cli.Inspection;

/// <summary>Prints a manifest: the partition's state, its pages, its recent segments.</summary>
internal static class ManifestDump
{
    /// <summary>What to do about a damaged manifest.</summary>
    public const string Mend =
        "Without it the partition's segments cannot be found: the partition is offline. Restore the object from a copy taken after its last change; an older one "
        + "leaves out the segments written since.";

    private static readonly Table Pages = new(
        "page",
        0,
        new("first offset", 12),
        new("end offset", 12),
        new("level", 5),
        new("entries", 7),
        new("data bytes", 14),
        new("max timestamp", -24),
        new("crc-32c", 8),
        new("object", -1));

    private static readonly Table Epochs = new("epoch", 0, new("epoch", 6), new("start", 12));

    /// <summary>Prints it. False if it is damaged.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool Print(string path, DumpOptions arguments, InspectionOutput output)
    {
        byte[] content = File.ReadAllBytes(path);
        if (!ManifestCodec.TryDecode(content, out Manifest? manifest, out StoredFault fault))
        {
            output.Finding(new Finding(Severity.Damage, path, fault.Position, SegmentDump.Sentence(fault.Reason), Mend));
            return false;
        }

        output.Facts(
            "manifest",
            ("file", path),
            ("length", content.Length),
            ("partition", manifest.Partition),
            ("version", manifest.Version),
            ("operation id", manifest.OperationId),
            ("owner", manifest.Owner),
            ("epoch", manifest.Epoch.Value),
            ("in-sync", string.Join(", ", manifest.InSync)),
            ("log start", manifest.LogStart.Value),
            ("end", manifest.End.Value),
            ("cleaned end", manifest.CleanedEnd.Value),
            ("data bytes", manifest.DataBytes),
            ("segments", manifest.SegmentCount),
            ("max timestamp", new Timestamp(manifest.MaxTimestamp)));
        foreach (EpochStart epoch in manifest.Epochs)
        {
            output.Row(Epochs, epoch.Epoch.Value, epoch.Start.Value);
        }

        foreach (PageRef page in manifest.Pages)
        {
            output.Row(
                Pages,
                page.FirstOffset.Value,
                page.EndOffset.Value,
                page.Level,
                page.Count,
                page.DataBytes,
                new Timestamp(page.MaxTimestamp),
                $"{page.Crc:x8}",
                PageName.Of(manifest.Partition, page));
        }

        SegmentTable.Print(manifest.Partition, manifest.Recent, arguments, output);
        return true;
    }
}
