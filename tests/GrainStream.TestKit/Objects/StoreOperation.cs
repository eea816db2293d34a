namespace GrainStream.TestKit.Objects;

/// <summary>What a call asks of an object store.</summary>
public enum StoreOperation
{
    /// <summary>IObjectStore.PutAsync.</summary>
    Put,

    /// <summary>IObjectStore.CreateAsync: the beginning of an upload.</summary>
    Create,

    /// <summary>IObjectUpload.WriteAsync.</summary>
    Write,

    /// <summary>IObjectUpload.CompleteAsync.</summary>
    Complete,

    /// <summary>IObjectStore.ReadAsync.</summary>
    Read,

    /// <summary>IObjectStore.ListAsync.</summary>
    List,

    /// <summary>IObjectStore.DeleteAsync.</summary>
    Delete,
}
