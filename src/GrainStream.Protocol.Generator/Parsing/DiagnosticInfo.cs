using GrainStream.Protocol.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace GrainStream.Protocol.Generator.Parsing;

/// <summary>A complaint by value: a <see cref="Diagnostic"/> would keep the whole compilation alive in the generator's cache.</summary>
internal sealed record DiagnosticInfo(
    DiagnosticDescriptor Descriptor,
    string? FilePath,
    TextSpan Span,
    LinePositionSpan Lines,
    EquatableArray<string> Arguments)
{
    public static DiagnosticInfo Create(DiagnosticDescriptor descriptor, Location? location, params string[] arguments)
    {
        FileLinePositionSpan? lines = location?.GetLineSpan();
        return new(
            descriptor,
            lines?.Path,
            location?.SourceSpan ?? default,
            lines?.Span ?? default,
            new EquatableArray<string>(arguments));
    }

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Descriptor,
        FilePath is null ? null : Location.Create(FilePath, Span, Lines),
        [.. Arguments]);
}
