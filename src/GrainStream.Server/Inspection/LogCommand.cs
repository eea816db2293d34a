namespace GrainStream.Server.Inspection;

/// <summary>The <c>log</c> commands of the executable: what lies on the disk and in the object store, for people and for scripts.</summary>
internal static class LogCommand
{
    /// <summary>Runs one. Returns the exit status, an <see cref="ExitCode"/>.</summary>
    /// <param name="arguments">What follows <c>log</c>.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="errors">Where it is said what is wrong with the arguments.</param>
    public static async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (CommandLine.AsksForHelp(arguments))
        {
            await output.WriteAsync(LogUsage.Text);
            return ExitCode.Stopped;
        }

        if (!LogArguments.TryParse(arguments, out LogArguments parsed, out string problem))
        {
            await errors.WriteLineAsync(problem + "\n\n" + LogUsage.Text);
            return ExitCode.WrongSettings;
        }

        try
        {
            InspectionOutput printed = InspectionOutput.To(output, parsed.Json);
            return parsed.Command switch
            {
                "dump" => await DumpCommand.RunAsync(parsed, printed, errors),
                "export" => await ExportCommand.RunAsync(parsed.Paths[0], parsed.Paths[1], printed, errors),
                _ => await VerifyCommand.RunAsync(parsed, printed, errors),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(exception.Message);
            return ExitCode.Unreadable;
        }
    }
}
