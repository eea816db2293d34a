namespace GrainStream.Core.Groups;

/// <summary>A partition as people and the classic protocol call it.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Index">0-based.</param>
public readonly record struct PartitionName(string Topic, int Index)
{
    public override string ToString() => $"{Topic}-{Index}";
}
