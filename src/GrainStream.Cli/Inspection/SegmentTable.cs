using GrainStream.Core;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;

namespace GrainStream.Cli.Inspection;

/// <summary>Prints the entries of manifests and pages: one segment each.</summary>
internal static class SegmentTable
{
    private static readonly Table Entries = new(
        "entry",
        0,
        new("base offset", 12),
        new("end offset", 12),
        new("length", 12),
        new("data length", 12),
        new("max timestamp", -24),
        new("written at", -24),
        new("epoch", 5),
        new("footer crc", 10),
        new("object", -1));

    /// <summary>Prints those that reach beyond the wanted offset, as many as wanted.</summary>
    public static void Print(PartitionId partition, IEnumerable<SegmentEntry> entries, DumpOptions arguments, InspectionOutput output)
    {
        long left = arguments.Limit ?? long.MaxValue;
        foreach (SegmentEntry entry in entries.Where(entry => entry.EndOffset.Value > (arguments.Offset ?? -1)))
        {
            if (left-- == 0)
            {
                return;
            }

            output.Row(
                Entries,
                entry.BaseOffset.Value,
                entry.EndOffset.Value,
                entry.Length,
                entry.DataLength,
                new Timestamp(entry.MaxTimestamp),
                entry.WrittenAt,
                entry.Epoch.Value,
                $"{entry.FooterCrc:x8}",
                SegmentName.Of(partition, entry));
        }
    }
}
