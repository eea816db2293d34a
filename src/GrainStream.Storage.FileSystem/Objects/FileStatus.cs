using System.ComponentModel;
using System.Runtime.InteropServices;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Disk;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Objects;

/// <summary>What the file system knows of a file.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="ModifiedTicks">When it was written, in 100 ns since 1970; set by the store, see <see cref="VersionClock"/>.</param>
/// <param name="Links">How many names it has; 0: deleted, or replaced, since it was opened.</param>
internal readonly record struct FileStatus(long Length, long ModifiedTicks, uint Links)
{
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7ff;
    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;

    /// <summary>The object's version: files are never changed in place, and each put gives its file a time of its own.</summary>
    public ObjectVersion Version => new($"{ModifiedTicks:x}-{Length:x}");

    /// <summary>Of the file of this path; null if there is none, or a directory.</summary>
    public static FileStatus? OfPath(string path)
    {
        if (!LibC.IsSupported)
        {
            FileInfo file = new(path);
            return file.Exists ? Portable(file.Length, file.LastWriteTimeUtc) : null;
        }

        unsafe
        {
            LibC.StatX found;
            if (LibC.SystemCallStatX(LibC.StatXNumber, CurrentDirectory, path, 0, BasicFields, &found) == 0)
            {
                return (found.Mode & TypeMask) == DirectoryType ? null : Of(found);
            }
        }

        int error = Marshal.GetLastPInvokeError();
        return error is LibC.NotFoundError or LibC.NotDirectoryError ? null : throw Failed(path, error);
    }

    /// <summary>Of an open file.</summary>
    public static FileStatus Of(SafeFileHandle file)
    {
        if (!LibC.IsSupported)
        {
            return Portable(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
        }

        unsafe
        {
            LibC.StatX found;
            return LibC.SystemCallStatX(LibC.StatXNumber, file, "", EmptyPath, BasicFields, &found) == 0
                ? Of(found)
                : throw Failed("an open object", Marshal.GetLastPInvokeError());
        }
    }

    private static FileStatus Of(LibC.StatX found) =>
        new((long)found.Length, found.ModifiedSeconds * TimeSpan.TicksPerSecond + found.ModifiedNanoseconds / 100, found.Links);

    private static FileStatus Portable(long length, DateTime modified) => new(length, (modified - DateTime.UnixEpoch).Ticks, 1);

    private static IOException Failed(string path, int error) =>
        new($"Cannot look at {path}: {LibC.Describe(error)}", new Win32Exception(error));
}
