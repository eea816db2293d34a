using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GrainStream.Protocol;

namespace GrainStream.Core.Log.Tiering;

/// <summary>
/// Name of a manifest page's object; never used twice.
/// <code>
///  {topic id, 32 hex}/{partition}/{first offset, 20 digits}-{salt, 16 hex}.page
/// </code>
/// </summary>
public readonly record struct PageName(PartitionId Partition, Offset FirstOffset, ulong Salt)
{
    private const string Extension = ".page";
    private const int OffsetDigits = 20;

    /// <summary>The name of the page that <paramref name="reference"/> stands for.</summary>
    public static PageName Of(PartitionId partition, in PageRef reference) => new(partition, reference.FirstOffset, reference.Salt);

    /// <summary>Reads a name; false if it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out PageName page)
    {
        page = default;
        if (!PartitionFolder.TryParse(name, out PartitionId partition, out ReadOnlySpan<char> rest)
            || !rest.EndsWith(Extension, StringComparison.Ordinal))
        {
            return false;
        }

        rest = rest[..^Extension.Length];
        if (rest.Length < OffsetDigits + 1
            || !long.TryParse(rest[..OffsetDigits], NumberStyles.None, CultureInfo.InvariantCulture, out long firstOffset)
            || !ulong.TryParse(rest[(OffsetDigits + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong salt))
        {
            return false;
        }

        page = new PageName(partition, new Offset(firstOffset), salt);
        return page.ToString() == name;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{PartitionFolder.Of(Partition)}{FirstOffset.Value:D20}-{Salt:x16}{Extension}");
}
