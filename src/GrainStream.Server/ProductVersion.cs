using System.Reflection;

namespace GrainStream.Server;

/// <summary>Which GrainStream this is.</summary>
public static class ProductVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text { get; } = Of(typeof(ProductVersion).Assembly);

    // A build in a git work tree appends "+<commit>" to the informational version; people want the number.
    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
