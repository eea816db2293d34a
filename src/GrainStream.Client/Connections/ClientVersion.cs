using System.Reflection;
using System.Text.RegularExpressions;

namespace GrainStream.Client.Connections;

/// <summary>This client's version as brokers may be told it.</summary>
internal static partial class ClientVersion
{
    /// <summary>Letters, digits, dots and dashes; KIP-511 allows no others.</summary>
    public static string Text { get; } = Disallowed().Replace(
        typeof(ClientVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0", "-");

    [GeneratedRegex("[^a-zA-Z0-9.-]+")]
    private static partial Regex Disallowed();
}
