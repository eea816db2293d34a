namespace GrainStream.Server;

/// <summary>Which threads serve sockets (docs/decisions/0004).</summary>
internal static class SocketThreads
{
    /// <summary>.NET's switch; there is no API for it. Read once, when the process first uses a socket.</summary>
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Has what waits for a socket run on the thread that polls it, one per processor, unless the environment says otherwise. To be called
    /// before anything uses a socket.
    /// </summary>
    public static void Choose()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }
}
