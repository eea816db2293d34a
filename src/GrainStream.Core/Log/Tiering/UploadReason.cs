namespace GrainStream.Core.Log.Tiering;

/// <summary>Why a tail is uploaded now, if it is.</summary>
public enum UploadReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>It fills a segment.</summary>
    Size,

    /// <summary>Its oldest batch has waited for the topic's segment.ms.</summary>
    Age,

    /// <summary>The node writes so fast that the tail would otherwise have to be read back from the disk.</summary>
    Memory,
}
