namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// How often members are to send heartbeats. A member learns only by its own heartbeat that it is to give a partition up, and that one it waits for is free: at the
/// usual interval of seconds, a rebalance takes two or three of them. So members are asked for more frequent ones while partitions move, and for a while after a change,
/// since changes come in flocks: ten instances start, one after the other. Kafka answers the same interval always. Clients take it from every answer; sessions are not shortened by it.
/// </summary>
internal static class SettlingPolicy
{
    /// <summary>How long after a change the group counts as about to change again.</summary>
    public static readonly TimeSpan LivelyFor = TimeSpan.FromSeconds(10);

    /// <summary>Interval while partitions move.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    /// <summary>What one member adds: at most 100 heartbeats a second of one group, however large.</summary>
    private static readonly TimeSpan PerMember = TimeSpan.FromMilliseconds(10);

    /// <summary>The interval to answer.</summary>
    public static TimeSpan HeartbeatInterval(TimeSpan usual, bool isSettling, int memberCount)
    {
        TimeSpan needed = PerMember * memberCount;
        TimeSpan settling = needed > Shortest ? needed : Shortest;
        return isSettling && settling < usual ? settling : usual;
    }
}
