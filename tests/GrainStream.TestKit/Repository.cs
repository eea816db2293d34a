namespace GrainStream.TestKit;

/// <summary>Where things are in the working copy that the running tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder of the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built server, of the same configuration (Debug or Release) as the running tests.</summary>
    public static string ServerAssembly => Server.Value;

    /// <summary>The built command line, of the same configuration as the running tests.</summary>
    public static string CliAssembly => Cli.Value;

    // Found when it is asked for: not every test project needs it built.
    private static readonly Lazy<string> Server = new(() => Find("GrainStream.Server", "GrainStream.Server.dll"));
    private static readonly Lazy<string> Cli = new(() => Find("GrainStream.Cli", "grainstream.dll"));

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "GrainStream.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No GrainStream.sln above {AppContext.BaseDirectory}: process tests run from a working copy only.");
    }

    private static string Find(string project, string assembly)
    {
        // .../bin/<configuration>/<framework>/
        DirectoryInfo framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string path = Path.Combine(
            Root, "src", project, "bin", framework.Parent?.Name ?? "Debug", framework.Name, assembly);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: build it first.");
    }
}
