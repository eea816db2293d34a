using System.Text.RegularExpressions;

namespace GrainStream.Architecture.Tests;

/// <summary>How the files should read, as far as a machine can tell. Each rule says what is wrong with a file, one line each.</summary>
internal static partial class SourceRules
{
    /// <summary>A file of more than about 400 lines asks to be split.</summary>
    public const int MaxLines = 420;

    // Written in two parts, since this file is checked too.
    private static readonly string[] Unfinished = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X", "NotImplemented" + "Exception"];

    private static readonly string[] MachinePaths = ["/wo" + "rk/", "/tm" + "p/h/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", @"C:\Us" + "ers"];

    /// <summary>The typed ids and offsets are one vocabulary, and are read together.</summary>
    private static readonly HashSet<string> FilesOfSeveralTypes = new(StringComparer.Ordinal) { "src/GrainStream.Protocol/Ids.cs" };

    public static IEnumerable<string> TooLong(SourceFile file)
    {
        int lines = file.Lines.Length - (file.Text.EndsWith('\n') ? 1 : 0);
        if (file.IsCSharp && lines > MaxLines)
        {
            yield return $"{file.Path} has {lines} lines; split it below {MaxLines}.";
        }
    }

    public static IEnumerable<string> SeveralPublicTypes(SourceFile file)
    {
        if (file.IsCSharp && file.IsProduct && !FilesOfSeveralTypes.Contains(file.Path))
        {
            string[] types = [.. PublicType().Matches(file.Text).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal)];
            if (types.Length > 1)
            {
                yield return $"{file.Path} has the public types {string.Join(", ", types)}; give each a file.";
            }
        }
    }

    public static IEnumerable<string> NamespaceIsNotFolder(SourceFile file)
    {
        if (file.IsCSharp && file.IsProduct && Namespace().Match(file.Text) is { Success: true } match)
        {
            string[] folders = file.Path.Split('/')[1..^1];
            string expected = string.Join('.', folders);
            bool isPolyfill = match.Groups["name"].Value.StartsWith("System.", StringComparison.Ordinal);
            if (match.Groups["name"].Value != expected && !isPolyfill)
            {
                yield return $"{file.Path} is in namespace {match.Groups["name"].Value}; its folder says {expected}.";
            }
        }
    }

    public static IEnumerable<string> UnfinishedWork(SourceFile file) =>
        Find(file, line => Unfinished.FirstOrDefault(mark => Regex.IsMatch(line, $@"\b{mark}\b")), "is unfinished; finish it or file an issue");

    public static IEnumerable<string> PathsOfAMachine(SourceFile file) =>
        Find(file, line => MachinePaths.FirstOrDefault(path => line.Contains(path, StringComparison.Ordinal)), "is a path of somebody's machine");

    public static IEnumerable<string> SwallowedExceptions(SourceFile file)
    {
        if (file.IsCSharp && EmptyCatch().IsMatch(file.Text))
        {
            yield return $"{file.Path} has an empty catch; let the exception go, or say in it why nothing is to be done.";
        }
    }

    public static IEnumerable<string> SilencedWarnings(SourceFile file) => file is { IsCSharp: true, IsProduct: true }
        ? Find(file, line => line.Contains("#pragma warning " + "disable", StringComparison.Ordinal) ? "#pragma" : null, "silences a warning; mend the code, or justify it in .editorconfig")
        : [];

    private static IEnumerable<string> Find(SourceFile file, Func<string, string?> mark, string complaint)
    {
        for (int i = 0; i < file.Lines.Length; i++)
        {
            if (mark(file.Lines[i]) is { } found)
            {
                yield return $"{file.Path}:{i + 1}: '{found}' {complaint}.";
            }
        }
    }

    // Namespaces are file-scoped, so a type at the left margin is one that is not nested.
    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|partial|readonly|unsafe|ref) )*(?:record struct|record class|class|struct|record|interface|enum|delegate \S+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bcatch\b[^{;]*\{\s*\}")]
    private static partial Regex EmptyCatch();
}
