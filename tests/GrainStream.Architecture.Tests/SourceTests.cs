namespace GrainStream.Architecture.Tests;

public sealed class SourceTests
{
    private static readonly HashSet<string> TextExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".cs", ".csproj", ".props", ".targets", ".sln", ".json", ".yml", ".yaml", ".md", ".sh", ".py", ".js", ".c", ".h", ".txt", ".editorconfig", "",
    };

    private static readonly SourceFile[] Files = [.. Repository.Files()
        .Where(path => TextExtensions.Contains(Path.GetExtension(path)))
        .Select(Repository.Read)];

    public static TheoryData<string> Rules => [.. AllRules.Keys];

    private static readonly Dictionary<string, Func<SourceFile, IEnumerable<string>>> AllRules = new(StringComparer.Ordinal)
    {
        ["no file is too long"] = SourceRules.TooLong,
        ["each public type has its file"] = SourceRules.SeveralPublicTypes,
        ["namespaces are folders"] = SourceRules.NamespaceIsNotFolder,
        ["nothing is left unfinished"] = SourceRules.UnfinishedWork,
        ["no path of a machine is named"] = SourceRules.PathsOfAMachine,
        ["no exception is swallowed"] = SourceRules.SwallowedExceptions,
        ["no warning is silenced"] = SourceRules.SilencedWarnings,
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void In_the_whole_tree(string rule)
    {
        Assert.Contains(Files, file => file.Path == "src/GrainStream.Core/Invariant.cs");
        Violations.AssertNone(Files.SelectMany(AllRules[rule]));
    }

    [Theory]
    [InlineData("no file is too long", "LONG")]
    [InlineData("each public type has its file", "namespace A;\npublic readonly record struct B(int C);\n\npublic static class D\n{\n}\n")]
    [InlineData("each public type has its file", "namespace A;\npublic enum B { }\npublic delegate void C();\n")]
    [InlineData("namespaces are folders", "namespace GrainStream.Other;\n")]
    [InlineData("nothing is left unfinished", "// TO" + "DO: more\n")]
    [InlineData("nothing is left unfinished", "throw new NotImplemented" + "Exception();\n")]
    [InlineData("no path of a machine is named", "var path = \"/ho" + "me/me/data\";\n")]
    [InlineData("no exception is swallowed", "try\n{\n}\n" + "cat" + "ch (Exception)\n{\n}\n")]
    [InlineData("no exception is swallowed", "try { } " + "cat" + "ch { }")]
    [InlineData("no warning is silenced", "#pragma warning " + "disable CA1000\n")]
    public void A_violation_is_found(string rule, string text)
    {
        string content = text == "LONG" ? string.Concat(Enumerable.Repeat("line\n", SourceRules.MaxLines + 1)) : text;
        Assert.NotEmpty(AllRules[rule](new SourceFile("src/GrainStream.Sample/Sample.cs", content)));
    }

    [Fact]
    public void A_proper_file_breaks_no_rule()
    {
        var file = new SourceFile("src/GrainStream.Sample/Sub/Sample.cs", "namespace GrainStream.Sample.Sub;\n\npublic sealed class Sample\n{\n    public class Nested;\n}\n");
        Assert.Empty(AllRules.Values.SelectMany(rule => rule(file)));
    }
}
