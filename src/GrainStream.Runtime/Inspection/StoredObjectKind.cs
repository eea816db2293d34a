namespace GrainStream.Runtime.Inspection;

/// <summary>What an object is, by its name.</summary>
public enum StoredObjectKind
{
    /// <summary>The object that says which cluster's store it is.</summary>
    Marker,
    Manifest,
    Page,
    Segment,

    /// <summary>A name that this broker gives to nothing.</summary>
    Other,
}
