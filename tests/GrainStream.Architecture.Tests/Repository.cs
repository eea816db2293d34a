namespace GrainStream.Architecture.Tests;

/// <summary>The working tree the tests run in.</summary>
internal static class Repository
{
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal)
    {
        ".git", "bin", "obj", "artifacts", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts", "__pycache__", ".vs", ".idea", "data",
    };

    /// <summary>Where GrainStream.sln is.</summary>
    public static readonly string Root = FindRoot();

    /// <summary>Every file that is kept, as far as its folder tells, by its path from the root with '/'.</summary>
    public static IEnumerable<string> Files() => FilesBelow(new DirectoryInfo(Root))
        .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'));

    public static SourceFile Read(string path) => new(path, File.ReadAllText(Path.Combine(Root, path)));

    /// <summary>An assembly as it was built for these tests.</summary>
    public static string AssemblyPath(string name) => Path.Combine(AppContext.BaseDirectory, name + ".dll");

    private static IEnumerable<FileInfo> FilesBelow(DirectoryInfo directory) => directory.EnumerateFiles()
        .Concat(directory.EnumerateDirectories()
            .Where(child => !Skipped.Contains(child.Name) && child.LinkTarget is null)
            .SelectMany(FilesBelow));

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "GrainStream.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests must run inside the repository: GrainStream.sln was not found above them.");
    }
}
