namespace GrainStream.Conformance.Tests;

/// <summary>A test that mounts a file system, and is skipped where this user may not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanMount = new(TryMount);

    public MountFactAttribute()
    {
        if (!CanMount.Value)
        {
            Skip = "Needs to mount a small file system, which this user may not. Run it as root.";
        }
    }

    private static bool TryMount()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        try
        {
            SmallDisk.MountAsync(1).GetAwaiter().GetResult().Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            // Root in a container without the right to mount.
            return false;
        }
    }
}
