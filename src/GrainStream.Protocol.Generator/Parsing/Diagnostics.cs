using Microsoft.CodeAnalysis;

namespace GrainStream.Protocol.Generator.Parsing;

/// <summary>What the generator complains about.</summary>
internal static class Diagnostics
{
    private const string Category = "GrainStream.Protocol";

    public static readonly DiagnosticDescriptor BadVersions = Error("GSP001", "Bad version range", "'{0}' of {1}: {2}");

    public static readonly DiagnosticDescriptor UnsupportedType = Error(
        "GSP002", "Unsupported field type", "Field {0} has type {1}, which has no form on the wire");

    public static readonly DiagnosticDescriptor DuplicateTag = Error(
        "GSP003", "Duplicate tag", "Field {0} has tag {1}, which another field of the same structure has");

    public static readonly DiagnosticDescriptor BadShape = Error("GSP004", "Wrong shape of a message class", "{0} must be {1}");

    public static readonly DiagnosticDescriptor BadTag = Error("GSP005", "Bad tag", "Field {0}: {1}");

    public static readonly DiagnosticDescriptor BadNullability = Error("GSP006", "Bad nullability", "Field {0}: {1}");

    public static readonly DiagnosticDescriptor BadProperty = Error("GSP007", "Bad field property", "Field {0} {1}");

    public static readonly DiagnosticDescriptor Recursion = Error("GSP008", "Recursive structure", "Structure {0} contains itself");

    private static DiagnosticDescriptor Error(string id, string title, string format) =>
        new(id, title, format, Category, DiagnosticSeverity.Error, isEnabledByDefault: true);
}
