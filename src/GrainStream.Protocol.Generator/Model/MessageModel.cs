namespace GrainStream.Protocol.Generator.Model;

/// <summary>A message: its root structure and those within it.</summary>
/// <param name="Namespace">Namespace of the class.</param>
/// <param name="Name">Name of the class.</param>
/// <param name="Interface">Interface it implements, fully qualified without its type argument.</param>
/// <param name="Key">API key; null for a message without one.</param>
/// <param name="IsRequest">Whether its header depends on its versions.</param>
/// <param name="Flexible">Flexible versions, open-ended or none.</param>
/// <param name="Root">The message's own fields.</param>
/// <param name="Structs">Nested structures.</param>
/// <param name="TakenNames">Members of the class that would clash with the generated ones.</param>
internal sealed record MessageModel(
    string Namespace,
    string Name,
    string Interface,
    short? Key,
    bool IsRequest,
    VersionRange Flexible,
    StructModel Root,
    EquatableArray<StructModel> Structs,
    EquatableArray<string> TakenNames);
