namespace GrainStream.Architecture.Tests;

/// <summary>
/// Dependencies point one way:
/// <code>
/// Protocol &lt;- Core &lt;- Runtime &lt;- { Storage.*, Hosting.*, Outbox, Gateway } &lt;- { Server, Silo }
/// Protocol &lt;- Client &lt;- Cli, which for what is stored also knows Core, Runtime and Storage.*
/// </code>
/// Within the braces only hosts reference others: they put storage together with the rest. Only the Orleans host, the silo and their
/// tests know Orleans; only Storage.Azure knows Azure's packages. Protocol and Core use no packages.
/// </summary>
internal static class DependencyRules
{
    private const string Prefix = "GrainStream.";

    /// <summary>Says what is wrong with a project's references, one line each.</summary>
    public static IEnumerable<string> Violations(ProjectFile project)
    {
        Place? own = PlaceOf(project.Name);
        if (own is null)
        {
            yield return $"{project.Name} has no place among the dependency arrows. Give it one in {nameof(DependencyRules)}.";
            yield break;
        }

        foreach (string reference in project.Projects)
        {
            Place? other = PlaceOf(reference);
            if (other is null || !MayReference(own.Value, other.Value))
            {
                yield return $"{project.Name} must not reference {reference}.";
            }
        }

        foreach (string package in project.Packages)
        {
            if (own is Place.Protocol or Place.Core)
            {
                yield return $"{project.Name} must not use packages, but uses {package}.";
            }

            if (IsOrleans(package) && project.Name is not (Prefix + "Hosting.Orleans" or Prefix + "Silo"))
            {
                yield return $"{project.Name} must not know Orleans, but uses {package}.";
            }

            if (IsAzure(package) && project.Name is not Prefix + "Storage.Azure")
            {
                yield return $"{project.Name} must not know Azure, but uses {package}.";
            }
        }
    }

    /// <summary>Says which references of a built assembly go against the arrows.</summary>
    public static IEnumerable<string> Violations(string assembly, IEnumerable<string> referencedAssemblies)
    {
        string[] references = [.. referencedAssemblies];
        return Violations(new ProjectFile(
            assembly,
            [.. references.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))],
            [.. references.Where(name => IsOrleans(name) || IsAzure(name))]));
    }

    private static bool IsOrleans(string name) => name.StartsWith("Orleans.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Orleans.", StringComparison.Ordinal);

    private static bool IsAzure(string name) => name.StartsWith("Azure.", StringComparison.Ordinal);

    private static bool MayReference(Place own, Place other) => own switch
    {
        Place.Protocol => false,
        Place.Core or Place.Client => other is Place.Protocol,
        Place.Runtime => other is Place.Protocol or Place.Core,
        Place.Storage or Place.Gateway or Place.Outbox => other is Place.Protocol or Place.Core or Place.Runtime,
        Place.Hosting => other is Place.Protocol or Place.Core or Place.Runtime or Place.Storage,
        Place.Executable => other is not (Place.Executable or Place.Client or Place.Cli or Place.Generator),
        Place.Cli => other is Place.Protocol or Place.Client or Place.Core or Place.Runtime or Place.Storage,
        _ => false,
    };

    private static Place? PlaceOf(string project) => project switch
    {
        Prefix + "Protocol" => Place.Protocol,
        Prefix + "Protocol.Generator" => Place.Generator,
        Prefix + "Core" => Place.Core,
        Prefix + "Runtime" => Place.Runtime,
        Prefix + "Gateway" => Place.Gateway,
        Prefix + "Client" => Place.Client,
        Prefix + "Cli" => Place.Cli,
        Prefix + "Server" or Prefix + "Silo" => Place.Executable,
        _ when project.StartsWith(Prefix + "Storage.", StringComparison.Ordinal) => Place.Storage,
        _ when project.StartsWith(Prefix + "Hosting.", StringComparison.Ordinal) => Place.Hosting,
        _ when project == Prefix + "Outbox" || project.StartsWith(Prefix + "Outbox.", StringComparison.Ordinal) => Place.Outbox,
        _ => null,
    };

    private enum Place
    {
        Generator,
        Protocol,
        Core,
        Runtime,
        Storage,
        Hosting,
        Outbox,
        Gateway,
        Executable,
        Client,
        Cli,
    }
}
