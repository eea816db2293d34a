namespace GrainStream.Cli;

/// <summary>A command cannot do what it was asked to; the message is for people.</summary>
internal sealed class CommandFailedException(ExitCode exitCode, string message) : Exception(message)
{
    public ExitCode ExitCode => exitCode;
}
