namespace GrainStream.Core.Topics.Configs;

/// <summary>What an incremental alteration does to one setting (KIP-339); the values are those of the request.</summary>
public enum ConfigOperation : sbyte
{
    /// <summary>Sets the value.</summary>
    Set = 0,

    /// <summary>Removes the value, so that the next source in line decides.</summary>
    Delete = 1,

    /// <summary>Adds entries to a list.</summary>
    Append = 2,

    /// <summary>Removes entries from a list.</summary>
    Subtract = 3,
}
