namespace GrainStream.Runtime.Groups;

/// <summary>What a group's host is about.</summary>
internal enum GroupPhase
{
    /// <summary>Nobody has asked for it since the start.</summary>
    Unloaded,

    /// <summary>Its log is being read; requests wait.</summary>
    Loading,

    /// <summary>The machine is there.</summary>
    Serving,

    /// <summary>The catalogue has been asked to let go of it; requests wait.</summary>
    Deleting,

    /// <summary>The machine could not be had; requests are refused until a pause is over.</summary>
    Failed,

    /// <summary>Deleted, or the node stops.</summary>
    Ended,
}
