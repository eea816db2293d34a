namespace GrainStream.Protocol.Generator.Model;

/// <summary>A message or a part of one.</summary>
/// <param name="Path">Names of the classes from the message down, joined by dots.</param>
/// <param name="Versions">Versions in which it can occur.</param>
/// <param name="Fields">Fields in the order of the wire.</param>
internal sealed record StructModel(string Path, VersionRange Versions, EquatableArray<FieldModel> Fields)
{
    /// <summary>Whether a field itself has another form in flexible versions; a structure within looks after itself.</summary>
    public bool HasCompactFields => Fields.Any(f =>
        !f.Versions.IsEmpty && (f.Type.IsArray || f.Type.Wire is >= WireType.String and < WireType.Struct));
}
