using Microsoft.Extensions.Configuration;

namespace GrainStream.Server;

/// <summary>Where settings come from; a later source overrides an earlier one.</summary>
public static class ServerConfiguration
{
    private const string FileName = "appsettings.json";

    /// <summary>
    /// The program's own <c>appsettings.json</c>, the one in the start directory, the environment, the command line.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is not JSON; the message names it and says where.</exception>
    public static IConfigurationRoot Build(IReadOnlyList<string> arguments, string startDirectory)
    {
        ConfigurationBuilder builder = new();
        AddFile(builder, AppContext.BaseDirectory);
        if (Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory) != Path.TrimEndingDirectorySeparator(startDirectory))
        {
            AddFile(builder, startDirectory);
        }

        builder.AddEnvironmentVariables();
        builder.AddCommandLine([.. arguments]);
        return builder.Build();
    }

    // Not reloaded: the broker reads its settings once, and watching files costs start-up time.
    private static void AddFile(ConfigurationBuilder builder, string directory) =>
        builder.AddJsonFile(Path.Combine(directory, FileName), optional: true, reloadOnChange: false);
}
