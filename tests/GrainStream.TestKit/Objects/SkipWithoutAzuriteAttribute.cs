using GrainStream.TestKit.Contracts;

namespace GrainStream.TestKit.Objects;

/// <summary>On a class of contract tests that need <see cref="Azurite"/>.</summary>
public sealed class SkipWithoutAzuriteAttribute : SkipWhereMissingAttribute
{
    /// <inheritdoc/>
    public override string? Reason => Azurite.Missing;
}
