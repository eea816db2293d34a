using System.Collections.Immutable;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Cli.Inspection;

/// <summary>Prints a page of a manifest: its segments.</summary>
internal static class PageDump
{
    /// <summary>What to do about a damaged page.</summary>
    public const string Mend =
        "Without it the segments that it names cannot be found: reads of their offsets fail. Restore the object from a copy: its bytes never change, so any copy is "
        + "as good.";

    /// <summary>Prints it. False if it is damaged.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool Print(string path, DumpOptions arguments, InspectionOutput output)
    {
        byte[] content = File.ReadAllBytes(path);
        if (!ManifestPageCodec.TryDecode(content, out PartitionId partition, out ImmutableArray<SegmentEntry> segments, out StoredFault fault))
        {
            output.Finding(new Finding(Severity.Damage, path, fault.Position, SegmentDump.Sentence(fault.Reason), Mend));
            return false;
        }

        output.Facts(
            "page",
            ("file", path),
            ("length", content.Length),
            ("partition", partition),
            ("entries", segments.Length),
            ("first offset", segments.IsEmpty ? null : segments[0].BaseOffset.Value),
            ("end offset", segments.IsEmpty ? null : segments[^1].EndOffset.Value));
        SegmentTable.Print(partition, segments, arguments, output);
        return true;
    }
}
