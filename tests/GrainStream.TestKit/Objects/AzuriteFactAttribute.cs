using Xunit;

namespace GrainStream.TestKit.Objects;

/// <summary>A fact that needs <see cref="Azurite"/>, and is skipped with the reason where that is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = Azurite.Missing;
}
