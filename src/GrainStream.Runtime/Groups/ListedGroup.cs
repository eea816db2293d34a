using GrainStream.Core.Groups;

namespace GrainStream.Runtime.Groups;

/// <summary>A group in a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Overview">What it is and does; null if it is not available now.</param>
public sealed record ListedGroup(string Name, GroupOverview? Overview);
