namespace GrainStream.Cli;

/// <summary>What the command ends with, for scripts. Values are public: never reused.</summary>
internal enum ExitCode
{
    /// <summary>All went well; of a check: everything is sound.</summary>
    Done = 0,

    /// <summary>The cluster refused, or it went wrong in another way that the message tells.</summary>
    Failed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>A topic, group, file or directory that was named is not there.</summary>
    NotFound = 3,

    /// <summary>Stored data is damaged or missing.</summary>
    Damaged = 4,

    /// <summary>No broker can be reached.</summary>
    Unreachable = 5,

    /// <summary>Stored data could not be read, so that it is not known whether it is damaged.</summary>
    Unreadable = 7,

    /// <summary>Stopped by Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    Interrupted = 130,
}
