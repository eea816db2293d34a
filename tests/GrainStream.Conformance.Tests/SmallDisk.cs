using System.Globalization;
using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>A file system in memory of a fixed size, mounted for one test. Needs root.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryDirectory _directory;

    private SmallDisk(TemporaryDirectory directory) => _directory = directory;

    /// <summary>Where it is mounted.</summary>
    public string Path => _directory.Path;

    /// <summary>Mounts one.</summary>
    /// <exception cref="InvalidOperationException">This user may not.</exception>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        TemporaryDirectory directory = new();
        try
        {
            string size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
            (await ClientProcess.RunAsync("mount", ["-t", "tmpfs", "-o", size, "grainstream-test", directory.Path])).Required();
            return new SmallDisk(directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // Lazily: the kernel lets go of it when the last file is closed.
        ClientProcess.RunAsync("umount", ["--lazy", Path]).GetAwaiter().GetResult().Required();
        _directory.Dispose();
    }
}
