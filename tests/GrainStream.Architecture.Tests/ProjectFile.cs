using System.Xml.Linq;

namespace GrainStream.Architecture.Tests;

/// <summary>A project with what it references.</summary>
/// <param name="Name">Its name, without extension.</param>
/// <param name="Projects">Projects whose assemblies it uses.</param>
/// <param name="Packages">Packages whose assemblies it uses or passes on: those with PrivateAssets="all" are tools of the build.</param>
internal sealed record ProjectFile(string Name, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages)
{
    public static ProjectFile Parse(SourceFile file)
    {
        XDocument project = XDocument.Parse(file.Text);
        return new ProjectFile(
            System.IO.Path.GetFileNameWithoutExtension(file.Path),
            [.. project.Descendants("ProjectReference")
                .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
                .Select(reference => System.IO.Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')))],
            [.. project.Descendants("PackageReference")
                .Where(reference => (string?)reference.Attribute("PrivateAssets") != "all")
                .Select(reference => (string)reference.Attribute("Include")!)]);
    }
}
