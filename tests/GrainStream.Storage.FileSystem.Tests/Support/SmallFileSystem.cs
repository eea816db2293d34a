using System.Diagnostics;
using System.Globalization;

namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>A file system in memory of its own, small enough to fill. Linux, as root.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private readonly TestDirectory _directory = new();

    public string Path => _directory.Path;

    /// <summary>Null where it cannot be mounted.</summary>
    public static SmallFileSystem? TryMount(int megabytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var mounted = new SmallFileSystem();
        string size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        if (Run("mount", "-t", "tmpfs", "-o", size, "tmpfs", mounted.Path))
        {
            return mounted;
        }

        mounted._directory.Dispose();
        return null;
    }

    public void Dispose()
    {
        Assert.True(Run("umount", Path));
        _directory.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
