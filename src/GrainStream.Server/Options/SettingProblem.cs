namespace GrainStream.Server.Options;

/// <summary>A setting that cannot be used.</summary>
/// <param name="Key">Its full name, such as <c>GrainStream:Kafka:Listen</c>.</param>
/// <param name="Value">What was found; null where nothing was.</param>
/// <param name="Mend">What is wrong and what to write instead.</param>
public sealed record SettingProblem(string Key, string? Value, string Mend)
{
    /// <summary>All problems as one message for whoever starts the server.</summary>
    public static string Describe(IReadOnlyCollection<SettingProblem> problems) =>
        (problems.Count == 1 ? "GrainStream cannot start: a setting is wrong.\n" : $"GrainStream cannot start: {problems.Count} settings are wrong.\n")
        + string.Concat(problems.Select(problem => $"\n  {problem.Key}{(problem.Value is null ? "" : $" = {problem.Value}")}\n    {problem.Mend}\n"))
        + "\nSettings come from appsettings.json, the environment and the command line; --help lists them.\n";
}
