namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>The disk, a quota or the file system's largest file leaves no room (ENOSPC, EDQUOT, EFBIG). Nothing was changed.</summary>
internal sealed class DiskFullException(string message, Exception? innerException = null) : IOException(message, innerException);
