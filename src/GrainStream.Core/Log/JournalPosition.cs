namespace GrainStream.Core.Log;

/// <summary>
/// Byte position in a node's journal. Grows monotonically across the journal's files and is never reused,
/// so it names one frame for ever; multiples of 8.
/// </summary>
public readonly record struct JournalPosition(long Value) : IComparable<JournalPosition>
{
    public int CompareTo(JournalPosition other) => Value.CompareTo(other.Value);
    public static bool operator <(JournalPosition left, JournalPosition right) => left.Value < right.Value;
    public static bool operator >(JournalPosition left, JournalPosition right) => left.Value > right.Value;
    public static bool operator <=(JournalPosition left, JournalPosition right) => left.Value <= right.Value;
    public static bool operator >=(JournalPosition left, JournalPosition right) => left.Value >= right.Value;
    public static JournalPosition operator +(JournalPosition position, long bytes) => new(position.Value + bytes);
    public static long operator -(JournalPosition left, JournalPosition right) => left.Value - right.Value;
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
