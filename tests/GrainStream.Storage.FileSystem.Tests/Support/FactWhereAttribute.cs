namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>A fact that needs something of the machine, and is skipped with the reason where that is missing.</summary>
internal sealed class FactWhereAttribute : FactAttribute
{
    public FactWhereAttribute(Needs needs)
    {
        Skip = needs switch
        {
            Needs.Linux when !OperatingSystem.IsLinux() => "needs Linux",
            Needs.Flock when !File.Exists("/usr/bin/flock") => "needs the flock program (util-linux)",
            Needs.Mounting when !CanMount() => "needs the right to mount a tmpfs; DiskFaultTests cover the same on a disk in memory",
            _ => null,
        };
    }

    private static bool CanMount()
    {
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(megabytes: 1);
        return mounted is not null;
    }
}
