namespace GrainStream.Architecture.Tests;

/// <summary>A type or member of another assembly that an assembly uses.</summary>
/// <param name="Type">Full name, generic types as in metadata: System.Lazy`1.</param>
/// <param name="Member">Name of the member; null for the use of the type as such.</param>
/// <param name="Parameters">Full names of a method's parameter types.</param>
internal sealed record ApiUse(string Type, string? Member, IReadOnlyList<string> Parameters)
{
    public override string ToString() => Member is null ? Type : $"{Type}::{Member}({string.Join(", ", Parameters)})";
}
