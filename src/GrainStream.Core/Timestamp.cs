using System.Globalization;

namespace GrainStream.Core;

/// <summary>A moment as Kafka writes it: milliseconds since 1970-01-01T00:00:00Z. Machines are given it; they have no clock.</summary>
public readonly record struct Timestamp(long UnixMs) : IComparable<Timestamp>
{
    /// <summary>What the protocol sends where there is no timestamp.</summary>
    public static readonly Timestamp None = new(-1);

    public int CompareTo(Timestamp other) => UnixMs.CompareTo(other.UnixMs);
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixMs < right.UnixMs;
    public static bool operator >(Timestamp left, Timestamp right) => left.UnixMs > right.UnixMs;
    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixMs <= right.UnixMs;
    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixMs >= right.UnixMs;
    public override string ToString() => UnixMs.ToString(CultureInfo.InvariantCulture);
}
