using System.Text;

namespace GrainStream.Cli.Output;

/// <summary>Standard output as commands want it: UTF-8, held back until it is flushed, and failing when nobody reads it any more.</summary>
internal static class StandardOutput
{
    private const int BufferBytes = 1 << 16;
    private const int BrokenPipe = 32;

    public static StreamWriter Open() => new(
        OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new UnixOutput(),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        BufferBytes)
    {
        AutoFlush = false,
    };

    /// <summary>Whether writing failed because the reader has gone, as <c>head</c> does when it has enough.</summary>
    public static bool IsBrokenPipe(Exception exception) => exception is IOException && !OperatingSystem.IsWindows() && exception.HResult == BrokenPipe;
}
