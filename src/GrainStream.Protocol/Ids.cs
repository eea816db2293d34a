namespace GrainStream.Protocol;

/// <summary>Position of a record in a partition. The first record has offset 0; ranges of offsets are half-open.</summary>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    /// <summary>Offset of the first record a partition ever had.</summary>
    public static readonly Offset Zero = new(0);

    public int CompareTo(Offset other) => Value.CompareTo(other.Value);
    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;
    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;
    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;
    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;
    public static Offset operator +(Offset offset, long count) => new(offset.Value + count);
    public static long operator -(Offset left, Offset right) => left.Value - right.Value;
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Ownership term of a partition; grows by one with each new owner. 0 is the first owner's.</summary>
public readonly record struct LeaderEpoch(int Value) : IComparable<LeaderEpoch>
{
    public int CompareTo(LeaderEpoch other) => Value.CompareTo(other.Value);
    public static bool operator <(LeaderEpoch left, LeaderEpoch right) => left.Value < right.Value;
    public static bool operator >(LeaderEpoch left, LeaderEpoch right) => left.Value > right.Value;
    public static bool operator <=(LeaderEpoch left, LeaderEpoch right) => left.Value <= right.Value;
    public static bool operator >=(LeaderEpoch left, LeaderEpoch right) => left.Value >= right.Value;
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Identity of a topic for its whole life (KIP-516); a topic created again under the same name has another.</summary>
public readonly record struct TopicId(Guid Value)
{
    /// <summary>What the protocol sends where there is no id.</summary>
    public static readonly TopicId None = new(Guid.Empty);

    public override string ToString() => Value.ToString();
}

/// <summary>One partition of one topic. <paramref name="Index"/> is 0-based.</summary>
public readonly record struct PartitionId(TopicId Topic, int Index)
{
    public override string ToString() => $"{Topic}-{Index}";
}

/// <summary>Identity of an idempotent or transactional producer (KIP-98); -1 for a plain producer.</summary>
public readonly record struct ProducerId(long Value)
{
    public static readonly ProducerId None = new(-1);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
