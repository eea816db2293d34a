namespace GrainStream.Storage.FileSystem.Disk;

/// <summary>How journal files are written.</summary>
internal enum DiskAccess
{
    /// <summary>By Linux' calls, past the page cache.</summary>
    Direct,

    /// <summary>By Linux' calls, through the page cache.</summary>
    Buffered,

    /// <summary>By .NET's means, through the page cache.</summary>
    Portable,
}
