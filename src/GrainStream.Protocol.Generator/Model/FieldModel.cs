namespace GrainStream.Protocol.Generator.Model;

/// <summary>A field of a structure.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Versions">Versions that have it, within those of the structure.</param>
/// <param name="Nullable">Versions in which it may be null on the wire.</param>
/// <param name="Tagged">Versions in which it is tagged: the last of <paramref name="Versions"/>, or none.</param>
/// <param name="Tag">Its tag; -1 if it is never tagged.</param>
/// <param name="Ignorable">Whether it is left out silently where the version lacks it.</param>
/// <param name="Default">C# literal of the default; null for the null literal; "[]" for an empty array.</param>
/// <param name="ElementSize">Least bytes an element of an array takes.</param>
internal sealed record FieldModel(
    string Name,
    FieldType Type,
    VersionRange Versions,
    VersionRange Nullable,
    VersionRange Tagged,
    int Tag,
    bool Ignorable,
    string? Default,
    int ElementSize)
{
    /// <summary>Versions in which it stands in its place among the fields.</summary>
    public VersionRange Untagged => Versions.Before(Tagged);
}
