namespace GrainStream.Client.Consuming;

/// <summary>Where to go on when there is no offset to go on from, or it is out of range (<c>auto.offset.reset</c>).</summary>
public enum OffsetReset
{
    /// <summary>From the first record that is still there.</summary>
    Earliest,

    /// <summary>From the next record to be written.</summary>
    Latest,

    /// <summary>Nowhere: reading fails.</summary>
    Fail,
}
