using GrainStream.Cli.Output;
using GrainStream.Client.Errors;
using GrainStream.Protocol;

namespace GrainStream.Cli;

/// <summary>Turns whatever ends a command into an exit status and, if need be, a message on standard error.</summary>
internal static class Outcome
{
    /// <summary>Runs a command to its end.</summary>
    public static async Task<ExitCode> OfAsync(CommandOutput output, Func<Task<ExitCode>> run)
    {
        try
        {
            ExitCode code = await run();
            output.Flush();
            return code;
        }
        catch (IOException e) when (StandardOutput.IsBrokenPipe(e))
        {
            // Whoever read the output has enough, as head does.
            return ExitCode.Done;
        }
        catch (Exception e) when (Explain(e) is (ExitCode code, string message))
        {
            return Report(output, code, message);
        }
    }

    private static (ExitCode Code, string Message)? Explain(Exception exception) => exception switch
    {
        CommandFailedException e => (e.ExitCode, e.Message),
        OperationCanceledException => (ExitCode.Interrupted, ""),
        BrokerUnreachableException e => (ExitCode.Unreachable, e.Message + " Another address is given with --bootstrap-server or GRAINSTREAM_BOOTSTRAP."),
        KafkaErrorException { Error: ErrorCode.UnknownTopicOrPartition or ErrorCode.GroupIdNotFound } e => (ExitCode.NotFound, e.Message),
        KafkaException e => (ExitCode.Failed, e.Message),
        NotSupportedException e => (ExitCode.Failed, e.Message),
        FileNotFoundException or DirectoryNotFoundException => (ExitCode.NotFound, exception.Message),
        IOException or UnauthorizedAccessException => (ExitCode.Failed, exception.Message),
        _ => null,
    };

    private static ExitCode Report(CommandOutput output, ExitCode code, string message)
    {
        try
        {
            // What was found out before it failed is worth having.
            output.Flush();
        }
        catch (IOException)
        {
            return code;
        }

        if (message.Length == 0)
        {
            return code;
        }

        if (output.IsJson)
        {
            output.Errors.WriteLine(System.Text.Json.JsonSerializer.Serialize(new { error = message, exitCode = (int)code }));
        }
        else
        {
            output.Aside.Write(new Spectre.Console.Text("error: ", new Spectre.Console.Style(Spectre.Console.Color.Red)));
            output.Aside.Write(new Spectre.Console.Text(message + "\n"));
        }

        return code;
    }
}
