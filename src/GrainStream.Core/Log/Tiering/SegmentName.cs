using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// Name of a segment's object. The salt is random, so that a name is never used twice, not even by two owners that write the same offsets.
/// <code>
///  {topic id, 32 hex}/{partition}/{base offset, 20 digits}-{epoch}-{salt, 16 hex}.segment
/// </code>
/// </summary>
public readonly record struct SegmentName(PartitionId Partition, Offset BaseOffset, LeaderEpoch Epoch, ulong Salt)
{
    private const string Extension = ".segment";
    private const int OffsetDigits = 20;
    private const int SaltDigits = 16;

    /// <summary>The name of the segment that <paramref name="entry"/> stands for.</summary>
    public static SegmentName Of(PartitionId partition, in SegmentEntry entry) => new(partition, entry.BaseOffset, entry.Epoch, entry.Salt);

    /// <summary>Reads a name; false if it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out SegmentName segment)
    {
        segment = default;
        if (!PartitionFolder.TryParse(name, out PartitionId partition, out ReadOnlySpan<char> rest)
            || !rest.EndsWith(Extension, StringComparison.Ordinal))
        {
            return false;
        }

        rest = rest[..^Extension.Length];
        int saltStart = rest.LastIndexOf('-') + 1;
        int epochStart = OffsetDigits + 1;
        if (rest.Length < epochStart || saltStart <= epochStart || rest.Length - saltStart != SaltDigits
            || !long.TryParse(rest[..OffsetDigits], NumberStyles.None, CultureInfo.InvariantCulture, out long baseOffset)
            || !int.TryParse(rest[epochStart..(saltStart - 1)], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
            || !ulong.TryParse(rest[saltStart..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong salt))
        {
            return false;
        }

        segment = new SegmentName(partition, new Offset(baseOffset), new LeaderEpoch(epoch), salt);

        // One name, one spelling: another one is somebody else's object.
        return segment.ToString() == name;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{PartitionFolder.Of(Partition)}{BaseOffset.Value:D20}-{Epoch.Value}-{Salt:x16}{Extension}");
}
