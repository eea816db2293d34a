namespace GrainStream.Core.Log.Tiering;

/// <summary>What a partition has to do so that a journal file can be freed.</summary>
public enum ReclaimStep
{
    /// <summary>Write its state anew; none of its batches there is needed.</summary>
    Checkpoint,

    /// <summary>Copy the batches it needs to the journal's end, and write its state.</summary>
    Copy,

    /// <summary>Upload its tail first, then write its state.</summary>
    Upload,
}
