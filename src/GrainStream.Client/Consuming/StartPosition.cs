namespace GrainStream.Client.Consuming;

/// <summary>Where reading a partition begins.</summary>
public readonly record struct StartPosition
{
    private StartPosition(StartKind kind, long value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>At the first record that is still there.</summary>
    public static StartPosition Beginning { get; } = new(StartKind.Beginning, 0);

    /// <summary>At the next record to be written.</summary>
    public static StartPosition End { get; } = new(StartKind.End, 0);

    internal StartKind Kind { get; }

    internal long Value { get; }

    /// <summary>At an offset.</summary>
    public static StartPosition At(long offset) => new(StartKind.Offset, offset);

    /// <summary>At the first record with that timestamp or a later one; at the end if there is none.</summary>
    public static StartPosition At(DateTimeOffset time) => new(StartKind.Time, Math.Max(0, time.ToUnixTimeMilliseconds()));
}
