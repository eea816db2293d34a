namespace GrainStream.Architecture.Tests;

public sealed class DependencyTests
{
    [Fact]
    public void Projects_reference_only_what_the_arrows_allow()
    {
        ProjectFile[] projects = [.. Repository.Files()
            .Where(path => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(path => ProjectFile.Parse(Repository.Read(path)))];

        Assert.NotEmpty(projects);
        Violations.AssertNone(projects.SelectMany(DependencyRules.Violations));
    }

    [Fact]
    public void Assemblies_use_only_what_the_arrows_allow()
    {
        string[] assemblies = [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "GrainStream.*.dll")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal))];

        Assert.Contains("GrainStream.Core", assemblies);
        Violations.AssertNone(assemblies.SelectMany(name => DependencyRules.Violations(name, AssemblyUses.ReferencedAssemblies(Repository.AssemblyPath(name)))));
    }

    [Fact]
    public void Every_product_project_is_in_the_solution()
    {
        string solution = Repository.Read("GrainStream.sln").Text.Replace('\\', '/');
        string[] projects = [.. Repository.Files().Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))];
        Assert.All(projects, path => Assert.Contains(path, solution, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GrainStream.Protocol", "GrainStream.Core", "")]
    [InlineData("GrainStream.Core", "GrainStream.Runtime", "")]
    [InlineData("GrainStream.Core", "GrainStream.Protocol.Generator", "")]
    [InlineData("GrainStream.Core", "", "Newtonsoft.Json")]
    [InlineData("GrainStream.Runtime", "GrainStream.Storage.FileSystem", "")]
    [InlineData("GrainStream.Gateway", "GrainStream.Storage.FileSystem", "")]
    [InlineData("GrainStream.Gateway", "GrainStream.Hosting.Embedded", "")]
    [InlineData("GrainStream.Storage.FileSystem", "GrainStream.Gateway", "")]
    [InlineData("GrainStream.Client", "GrainStream.Core", "")]
    [InlineData("GrainStream.Client", "GrainStream.Runtime", "")]
    [InlineData("GrainStream.Cli", "GrainStream.Server", "")]
    [InlineData("GrainStream.Cli", "GrainStream.Gateway", "")]
    [InlineData("GrainStream.Server", "GrainStream.Cli", "")]
    [InlineData("GrainStream.Server", "", "Microsoft.Orleans.Server")]
    [InlineData("GrainStream.Server", "", "Azure.Storage.Blobs")]
    [InlineData("GrainStream.Storage.FileSystem", "GrainStream.Storage.Azure", "")]
    [InlineData("GrainStream.Novelty", "", "")]
    public void An_arrow_against_the_rule_is_found(string project, string reference, string package) =>
        Assert.NotEmpty(DependencyRules.Violations(new ProjectFile(project, reference.Length > 0 ? [reference] : [], package.Length > 0 ? [package] : [])));

    [Fact]
    public void References_are_read_from_project_files()
    {
        ProjectFile project = ProjectFile.Parse(new SourceFile("src/GrainStream.Sample/GrainStream.Sample.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="..\GrainStream.Core\GrainStream.Core.csproj" />
                <ProjectReference Include="../Tool/Tool.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
                <PackageReference Include="Some.Library" />
                <PackageReference Include="Some.Analyzer" PrivateAssets="all" />
              </ItemGroup>
            </Project>
            """));

        Assert.Equal("GrainStream.Sample", project.Name);
        Assert.Equal(["GrainStream.Core"], project.Projects);
        Assert.Equal(["Some.Library"], project.Packages);
    }
}
