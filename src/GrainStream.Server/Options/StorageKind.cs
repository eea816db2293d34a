namespace GrainStream.Server.Options;

/// <summary>Which store keeps the history.</summary>
public enum StorageKind
{
    /// <summary>A directory.</summary>
    FileSystem,

    /// <summary>A container of Azure Blob Storage.</summary>
    AzureBlob,
}
