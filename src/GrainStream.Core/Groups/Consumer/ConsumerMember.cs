namespace GrainStream.Core.Groups.Consumer;

/// <summary>A member of a consumer group as it is now.</summary>
internal sealed class ConsumerMember(string id)
{
    public string Id { get; } = id;

    /// <summary>What it says of itself. Durable.</summary>
    public MemberProfile Profile { get; set; } = new();

    /// <summary>Where it stands. Durable.</summary>
    public MemberPosition Position { get; set; } = MemberPosition.Joining;

    /// <summary>What it is to own in the end. Durable.</summary>
    public PartitionSet Target { get; set; } = PartitionSet.Empty;

    /// <summary>When it counts as gone, if nothing is heard of it until then.</summary>
    public TimeSpan SessionDeadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>When it counts as gone, if it has not given up what it was told to until then; null if it need not.</summary>
    public TimeSpan? RevocationDeadline { get; set; }

    /// <summary>When a member of the classic protocol counts as gone, if it has not joined again until then; null if it need not.</summary>
    public TimeSpan? JoinDeadline { get; set; }

    /// <summary>When a member of the classic protocol counts as gone, if it has not asked for its assignment until then; null if it need not.</summary>
    public TimeSpan? SyncDeadline { get; set; }

    /// <summary>It speaks the classic protocol.</summary>
    public bool IsClassic => Profile.Classic is not null;

    /// <summary>A static member that has left for a while.</summary>
    public bool IsAway => Position.Epoch == MemberPosition.Away;

    /// <summary>Name and address, for people.</summary>
    public string Story =>
        $"{Id} ({(Profile.InstanceId is null ? "" : $"static {Profile.InstanceId}, ")}client {Profile.ClientId}, {Profile.ClientHost}{(IsClassic ? ", classic protocol" : "")})";

    /// <summary>The first of its deadlines.</summary>
    public TimeSpan NextDeadline
    {
        get
        {
            TimeSpan next = SessionDeadline;
            next = RevocationDeadline < next ? RevocationDeadline.Value : next;
            next = JoinDeadline < next ? JoinDeadline.Value : next;
            return SyncDeadline < next ? SyncDeadline.Value : next;
        }
    }
}
