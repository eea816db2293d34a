namespace GrainStream.Core.Groups;

/// <summary>A group in a few words, for lists and metrics. Immutable.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Type">Its members' protocol.</param>
/// <param name="ProtocolType">What it is for, such as "consumer"; empty if nobody ever joined.</param>
/// <param name="Members">How many there are.</param>
/// <param name="Generation">Generation (classic) or group epoch (consumer).</param>
public sealed record GroupOverview(GroupState State, GroupType Type, string ProtocolType, int Members, int Generation)
{
    /// <summary>A group that has just begun.</summary>
    public static readonly GroupOverview New = new(GroupState.Empty, GroupType.Classic, "", 0, 0);
}
