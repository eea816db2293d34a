using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>The few Linux calls .NET has no word for: direct I/O, allocation, data-only sync. 64-bit x64 and Arm64 only.</summary>
internal static unsafe partial class LibC
{
    // Values of include/uapi/asm-generic/{fcntl,errno-base,errno}.h; O_DIRECT and O_DIRECTORY differ between x86 and Arm.
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;
    public const int UseHugePages = 14;
    public const int FutexWaitPrivate = 128;
    public const int FutexWakePrivate = 129;
    public const int NotPermittedError = 1;
    public const int NotFoundError = 2;
    public const int InterruptedError = 4;
    public const int ExistsError = 17;
    public const int CrossDeviceError = 18;
    public const int NotDirectoryError = 20;
    public const int InvalidArgumentError = 22;
    public const int FileTooBigError = 27;
    public const int NoSpaceError = 28;
    public const int NoSystemCallError = 38;
    public const int NotSupportedError = 95;
    public const int QuotaExceededError = 122;

    public static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public static int Direct => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    public static bool MeansFull(int error) => error is NoSpaceError or QuotaExceededError or FileTooBigError;

    public static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})";

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    public static partial nint WriteVector(SafeFileHandle file, Piece* pieces, int count, long offset);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* destination, nuint length, long offset);

    /// <summary>A second name for a file; fails atomically where the name is taken, which rename(2) does not.</summary>
    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string added);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    /// <summary>Fails, and changes nothing, where the directory is not empty.</summary>
    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    /// <summary>statx(2): one structure on every processor, unlike stat(2). By system call, as older C libraries lack the name.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long SystemCallStatX(long number, int directory, string path, int flags, uint mask, StatX* result);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long SystemCallStatX(long number, SafeFileHandle file, string path, int flags, uint mask, StatX* result);

    /// <summary>The number of statx(2).</summary>
    public static int StatXNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 291 : 332;

    /// <summary>futex(2), which the C library has no name for; without time-out.</summary>
    public static long Futex(int* address, int operation, int value) =>
        SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202, address, operation, value, null, null, 0);

    /// <summary>A wish, not a command: what it returns does not matter.</summary>
    [LibraryImport("libc", EntryPoint = "madvise")]
    public static partial int Advise(byte* memory, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, int* address, int operation, int value, void* timeout, void* address2, int value3);

    /// <summary>The first fields of struct statx, and its size.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatX
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(40)]
        public ulong Length;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Piece
    {
        public byte* Start;
        public nuint Length;
    }
}
