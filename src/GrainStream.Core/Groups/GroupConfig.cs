using System.Globalization;
using GrainStream.Core.Topics.Configs;

namespace GrainStream.Core.Groups;

/// <summary>The broker's settings that groups follow. Names and defaults are Kafka's.</summary>
public sealed record GroupConfig
{
    /// <summary>Longest time that a .NET timer can wait.</summary>
    private const long LongestMs = 0xfffffffe;

    /// <summary>All defaults.</summary>
    public static readonly GroupConfig Default = new();

    /// <summary>group.min.session.timeout.ms.</summary>
    public TimeSpan MinSessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>group.max.session.timeout.ms.</summary>
    public TimeSpan MaxSessionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>group.initial.rebalance.delay.ms: how long an empty group waits for more members after the first.</summary>
    public TimeSpan InitialRebalanceDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>group.max.size: most members of a classic group.</summary>
    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>offsets.retention.minutes: how long offsets are kept that no member uses.</summary>
    public TimeSpan OffsetsRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>offsets.retention.check.interval.ms.</summary>
    public TimeSpan OffsetsRetentionCheckInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>offset.metadata.max.bytes: most that a client may keep with an offset.</summary>
    public int OffsetMetadataMaxBytes { get; init; } = 4096;

    /// <summary>group.consumer.session.timeout.ms.</summary>
    public TimeSpan ConsumerSessionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>group.consumer.heartbeat.interval.ms.</summary>
    public TimeSpan ConsumerHeartbeatInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>group.consumer.max.size: most members of a consumer group.</summary>
    public int ConsumerMaxSize { get; init; } = int.MaxValue;

    /// <summary>group.consumer.assignors: names, the first is the default.</summary>
    public IReadOnlyList<string> ConsumerAssignors { get; init; } = ["uniform", "range"];

    /// <summary>group.consumer.migration.policy: which groups may change their protocol while they have members.</summary>
    public GroupMigrationPolicy ConsumerMigrationPolicy { get; init; } = GroupMigrationPolicy.Bidirectional;

    /// <summary>What a broker's settings say of groups.</summary>
    public static GroupConfig Of(BrokerConfig settings)
    {
        return new GroupConfig
        {
            MinSessionTimeout = Milliseconds(BrokerConfigs.GroupMinSessionTimeoutMs),
            MaxSessionTimeout = Milliseconds(BrokerConfigs.GroupMaxSessionTimeoutMs),
            InitialRebalanceDelay = Milliseconds(BrokerConfigs.GroupInitialRebalanceDelayMs),
            MaxSize = (int)Number(BrokerConfigs.GroupMaxSize),
            OffsetsRetention = TimeSpan.FromMinutes(Number(BrokerConfigs.OffsetsRetentionMinutes)),
            OffsetsRetentionCheckInterval = Milliseconds(BrokerConfigs.OffsetsRetentionCheckIntervalMs),
            OffsetMetadataMaxBytes = (int)Number(BrokerConfigs.OffsetMetadataMaxBytes),
            ConsumerSessionTimeout = Milliseconds(BrokerConfigs.GroupConsumerSessionTimeoutMs),
            ConsumerHeartbeatInterval = Milliseconds(BrokerConfigs.GroupConsumerHeartbeatIntervalMs),
            ConsumerMaxSize = (int)Number(BrokerConfigs.GroupConsumerMaxSize),
            ConsumerAssignors = ConfigDefinition.Entries(settings.Value(BrokerConfigs.GroupConsumerAssignors)),
            ConsumerMigrationPolicy = Enum.Parse<GroupMigrationPolicy>(settings.Value(BrokerConfigs.GroupConsumerMigrationPolicy), ignoreCase: true),
        };

        long Number(string name) => long.Parse(settings.Value(name), CultureInfo.InvariantCulture);

        // What no timer can wait for is never.
        TimeSpan Milliseconds(string name) => TimeSpan.FromMilliseconds(Math.Min(Number(name), LongestMs));
    }
}
