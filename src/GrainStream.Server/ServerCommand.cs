using GrainStream.Server.Options;
using Microsoft.Extensions.Configuration;

namespace GrainStream.Server;

/// <summary>The executable: reads settings, runs the server, and turns what ends it into a message and an exit status.</summary>
public static class ServerCommand
{
    /// <summary>Runs until the process is told to stop. Returns the exit status, an <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (CommandLine.AsksForHelp(arguments))
        {
            Console.Out.Write(Usage.Text());
            return (int)ExitCode.Stopped;
        }

        if (CommandLine.AsksForVersion(arguments))
        {
            Console.Out.WriteLine(ProductVersion.Text);
            return (int)ExitCode.Stopped;
        }

        if (!TryReadSettings(arguments, out IConfigurationRoot? configuration, out ServerOptions? options, out string message))
        {
            Console.Error.Write(message);
            return (int)ExitCode.WrongSettings;
        }

        StartFailure? failure = await ServerHost.RunAsync(configuration, options);
        if (failure is not null)
        {
            Console.Error.WriteLine(failure.Message);
        }

        return (int)(failure?.Code ?? ExitCode.Stopped);
    }

    /// <summary>Reads the settings from all their sources; if something is wrong with them, <paramref name="message"/> says what and how to mend it.</summary>
    private static bool TryReadSettings(
        string[] arguments,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IConfigurationRoot? configuration,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ServerOptions? options,
        out string message)
    {
        (configuration, options, message) = (null, null, "");
        string startDirectory = Environment.CurrentDirectory;
        try
        {
            // Both, so that a misspelt option and a wrong value are told of in one go.
            IReadOnlyList<SettingProblem> strays = CommandLine.Check(arguments);
            configuration = ServerConfiguration.Build(arguments, startDirectory);
            IReadOnlyList<SettingProblem> wrong = ServerOptionsReader.Read(configuration, startDirectory, out options);
            if (strays.Count + wrong.Count > 0)
            {
                message = SettingProblem.Describe([.. strays, .. wrong]);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException)
        {
            // The innermost one says where in the file.
            message = $"GrainStream cannot start: {exception.Message}\n{exception.GetBaseException().Message}\n";
        }

        return message.Length == 0;
    }
}
