namespace GrainStream.Client.Administration;

/// <summary>Which offset of a partition is asked for.</summary>
public readonly record struct OffsetSpec
{
    private OffsetSpec(long wireValue)
    {
        WireValue = wireValue;
    }

    /// <summary>The first that is still there.</summary>
    public static OffsetSpec Earliest { get; } = new(-2);

    /// <summary>The next to be written.</summary>
    public static OffsetSpec Latest { get; } = new(-1);

    /// <summary>The first record with that timestamp or a later one.</summary>
    public static OffsetSpec At(DateTimeOffset time) => new(Math.Max(0, time.ToUnixTimeMilliseconds()));

    internal long WireValue { get; }
}
