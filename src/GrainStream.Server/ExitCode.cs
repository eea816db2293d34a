namespace GrainStream.Server;

/// <summary>What the process ends with, for service managers and scripts. Values are public: never reused. 7 was that of a check of stored data, which is the command line's now.</summary>
public enum ExitCode
{
    /// <summary>Stopped in good order, or printed what was asked for.</summary>
    Stopped = 0,

    /// <summary>An error nobody foresaw; standard error has its stack trace.</summary>
    Unexpected = 1,

    /// <summary>A setting or an argument is wrong. Starting again without mending it is of no use.</summary>
    WrongSettings = 2,

    /// <summary>The data directory is in use, not writable, or not a directory.</summary>
    DataDirectoryUnusable = 3,

    /// <summary>Stored data is damaged; an operator has to decide.</summary>
    DataDamaged = 4,

    /// <summary>An address to listen on is taken or is not one of this machine.</summary>
    AddressUnavailable = 5,

    /// <summary>The disk failed while running. What was acknowledged is safe; what was not is lost.</summary>
    StorageFailed = 6,

    /// <summary>Told to stop a second time while stopping: 128 + SIGINT, as shells have it.</summary>
    Forced = 130,
}
