using System.Collections.Frozen;
using System.Globalization;

namespace GrainStream.Core.Topics.Configs;

/// <summary>The broker settings there are, under Kafka's names, with Kafka's defaults unless said otherwise.</summary>
public static class BrokerConfigs
{
    public const string AutoCreateTopicsEnable = "auto.create.topics.enable";
    public const string CompressionType = "compression.type";
    public const string ConnectionsMaxIdleMs = "connections.max.idle.ms";
    public const string DefaultReplicationFactor = "default.replication.factor";
    public const string DeleteTopicEnable = "delete.topic.enable";
    public const string FetchMaxBytes = "fetch.max.bytes";
    public const string GroupConsumerAssignors = "group.consumer.assignors";
    public const string GroupConsumerHeartbeatIntervalMs = "group.consumer.heartbeat.interval.ms";
    public const string GroupConsumerMaxHeartbeatIntervalMs = "group.consumer.max.heartbeat.interval.ms";
    public const string GroupConsumerMaxSessionTimeoutMs = "group.consumer.max.session.timeout.ms";
    public const string GroupConsumerMaxSize = "group.consumer.max.size";
    public const string GroupConsumerMigrationPolicy = "group.consumer.migration.policy";
    public const string GroupConsumerMinHeartbeatIntervalMs = "group.consumer.min.heartbeat.interval.ms";
    public const string GroupConsumerMinSessionTimeoutMs = "group.consumer.min.session.timeout.ms";
    public const string GroupConsumerSessionTimeoutMs = "group.consumer.session.timeout.ms";
    public const string GroupInitialRebalanceDelayMs = "group.initial.rebalance.delay.ms";
    public const string GroupMaxSessionTimeoutMs = "group.max.session.timeout.ms";
    public const string GroupMaxSize = "group.max.size";
    public const string GroupMinSessionTimeoutMs = "group.min.session.timeout.ms";
    public const string LogCleanerDeleteRetentionMs = "log.cleaner.delete.retention.ms";
    public const string LogCleanerMaxCompactionLagMs = "log.cleaner.max.compaction.lag.ms";
    public const string LogCleanerMinCleanableRatio = "log.cleaner.min.cleanable.ratio";
    public const string LogCleanerMinCompactionLagMs = "log.cleaner.min.compaction.lag.ms";
    public const string LogCleanupPolicy = "log.cleanup.policy";
    public const string LogMessageTimestampAfterMaxMs = "log.message.timestamp.after.max.ms";
    public const string LogMessageTimestampBeforeMaxMs = "log.message.timestamp.before.max.ms";
    public const string LogMessageTimestampType = "log.message.timestamp.type";
    public const string LogRetentionBytes = "log.retention.bytes";
    public const string LogRetentionCheckIntervalMs = "log.retention.check.interval.ms";
    public const string LogRetentionHours = "log.retention.hours";
    public const string LogRetentionMinutes = "log.retention.minutes";
    public const string LogRetentionMs = "log.retention.ms";
    public const string LogRollHours = "log.roll.hours";
    public const string LogRollMs = "log.roll.ms";
    public const string LogSegmentBytes = "log.segment.bytes";
    public const string LogSegmentDeleteDelayMs = "log.segment.delete.delay.ms";
    public const string MaxConnections = "max.connections";
    public const string MessageMaxBytes = "message.max.bytes";
    public const string MinInsyncReplicas = "min.insync.replicas";
    public const string NumPartitions = "num.partitions";
    public const string OffsetMetadataMaxBytes = "offset.metadata.max.bytes";
    public const string OffsetsRetentionCheckIntervalMs = "offsets.retention.check.interval.ms";
    public const string OffsetsRetentionMinutes = "offsets.retention.minutes";
    public const string ProducerIdExpirationCheckIntervalMs = "producer.id.expiration.check.interval.ms";
    public const string ProducerIdExpirationMs = "producer.id.expiration.ms";
    public const string SocketRequestMaxBytes = "socket.request.max.bytes";
    public const string UncleanLeaderElectionEnable = "unclean.leader.election.enable";

    private const string OneNode = "This broker is a cluster of one node.";

    /// <summary>All settings, by name.</summary>
    public static readonly FrozenDictionary<string, ConfigDefinition> All = new[]
    {
        Flag(AutoCreateTopicsEnable, "true", "Create a topic when a client asks for the metadata of one that does not exist."),
        new ConfigDefinition(CompressionType, ConfigType.String, "producer", "Compression of stored batches: as the producer sent them.")
        {
            OnlyDefaultBecause = "Batches are stored byte for byte as they were sent.",
        },
        Long(ConnectionsMaxIdleMs, 600_000, -1, "Close a connection that was silent for this long, in milliseconds; -1 for never."),
        Int(DefaultReplicationFactor, 1, 1, "Copies of a partition where the request does not say.") with { OnlyDefaultBecause = OneNode },
        Flag(DeleteTopicEnable, "true", "Allow topics to be deleted by clients."),
        Int(FetchMaxBytes, 57_671_680, 1024, "Most bytes of records in one fetch response (55 MiB); one batch is sent even if larger.") with
        {
            // A response's length has 31 bits, and the last batch may go beyond the limit.
            Maximum = 1_073_741_824,
        },
        new ConfigDefinition(
            GroupConsumerAssignors, ConfigType.List, "uniform,range", "Assignors a member of the consumer protocol may ask for; the first where it asks for none.")
        {
            AllowedValues = ["uniform", "range"],
        },
        Int(GroupConsumerHeartbeatIntervalMs, 5000, 1, "How often members of the consumer protocol are told to send heartbeats, in milliseconds."),
        Int(GroupConsumerMaxHeartbeatIntervalMs, 15_000, 1, "Greatest group.consumer.heartbeat.interval.ms."),
        Int(GroupConsumerMaxSessionTimeoutMs, 60_000, 1, "Greatest group.consumer.session.timeout.ms."),
        Int(GroupConsumerMaxSize, int.MaxValue, 1, "Most members of a group of the consumer protocol."),
        new ConfigDefinition(
            GroupConsumerMigrationPolicy, ConfigType.String, "bidirectional", "Whether groups may go over to the consumer protocol (upgrade) and back (downgrade).")
        {
            AllowedValues = ["disabled", "upgrade", "downgrade", "bidirectional"],
        },
        Int(GroupConsumerMinHeartbeatIntervalMs, 5000, 1, "Least group.consumer.heartbeat.interval.ms."),
        Int(GroupConsumerMinSessionTimeoutMs, 45_000, 1, "Least group.consumer.session.timeout.ms."),
        Int(GroupConsumerSessionTimeoutMs, 45_000, 1, "A member of the consumer protocol that is silent for this long is gone, in milliseconds."),
        Int(GroupInitialRebalanceDelayMs, 3000, 0, "How long the first rebalance of an empty group waits for more members, in milliseconds."),
        Int(GroupMaxSessionTimeoutMs, 1_800_000, 1, "Longest session time-out that a member of the classic protocol may ask for, in milliseconds."),
        Int(GroupMaxSize, int.MaxValue, 1, "Most members of a group of the classic protocol."),
        Int(GroupMinSessionTimeoutMs, 6000, 1, "Shortest session time-out that a member of the classic protocol may ask for, in milliseconds."),
        Long(LogCleanerDeleteRetentionMs, 86_400_000, 0, "How long compaction keeps a delete marker after it could first be removed, in milliseconds.") with
        {
            IsDynamic = true,
        },
        Long(LogCleanerMaxCompactionLagMs, long.MaxValue, 1, "A record is compacted at the latest after this long, in milliseconds.") with
        {
            IsDynamic = true,
        },
        new ConfigDefinition(
            LogCleanerMinCleanableRatio, ConfigType.Double, "0.5", "Compact a partition when at least this share of it is not compacted yet, 0 to 1.")
        {
            Minimum = 0,
            Maximum = 1,
            IsDynamic = true,
        },
        Long(LogCleanerMinCompactionLagMs, 0, 0, "A record stays uncompacted for at least this long, in milliseconds.") with { IsDynamic = true },
        new ConfigDefinition(LogCleanupPolicy, ConfigType.List, "delete", "What becomes of old records: delete them, compact them by key, or both.")
        {
            AllowedValues = ["delete", "compact"],
            IsDynamic = true,
        },
        Long(LogMessageTimestampAfterMaxMs, 3_600_000, 0, "How far ahead of the broker's time a timestamp may be, in milliseconds.") with
        {
            IsDynamic = true,
        },
        Long(LogMessageTimestampBeforeMaxMs, long.MaxValue, 0, "How far behind the broker's time a timestamp may be, in milliseconds.") with
        {
            IsDynamic = true,
        },
        new ConfigDefinition(LogMessageTimestampType, ConfigType.String, "CreateTime", "Who sets timestamps: the producer or the broker.")
        {
            AllowedValues = ["CreateTime", "LogAppendTime"],
            IsDynamic = true,
        },
        Long(LogRetentionBytes, -1, -1, "Delete the oldest records of a partition beyond this many bytes; -1 keeps them.") with
        {
            IsDynamic = true,
        },
        Long(LogRetentionCheckIntervalMs, 300_000, 1, "How often retention is checked, in milliseconds."),
        Int(LogRetentionHours, -1, -1, "As log.retention.ms, in hours; counts if neither that nor log.retention.minutes is set. Kafka's default is 168."),
        Int(LogRetentionMinutes, -1, -1, "As log.retention.ms, in minutes; counts if that is not set."),
        Long(LogRetentionMs, -1, -1, "Delete records older than this, in milliseconds; -1 keeps them. Kafka's default is 7 days.") with
        {
            IsDynamic = true,
        },
        Int(LogRollHours, 168, 1, "As log.roll.ms, in hours; counts if that is not set."),
        Long(LogRollMs, 604_800_000, 1, "Records go to the object store at the latest at this age, in milliseconds.") with { IsDynamic = true },

        // What the default 2 GiB journal could not hold of many partitions at once is cut earlier.
        Int(LogSegmentBytes, 1_073_741_824, 14, "Greatest size of a segment, in bytes; segments are cut earlier where the journal needs the room.") with
        {
            IsDynamic = true,
        },
        Long(LogSegmentDeleteDelayMs, 60_000, 0, "How long objects outlast their deletion, in milliseconds, so that readers can finish.") with
        {
            IsDynamic = true,
        },

        // Kafka has no bound; this one fits the usual limit of open files.
        Int(MaxConnections, 4096, 1, "Most connections at a time; further ones are refused."),
        Int(MessageMaxBytes, 1_048_588, 0, "Largest record batch, in bytes as sent, for topics that do not say.") with { IsDynamic = true },
        Int(MinInsyncReplicas, 1, 1, "Copies that must have a batch before acks=all is answered.") with { OnlyDefaultBecause = OneNode },
        Int(NumPartitions, 1, 1, "Partitions of a topic where the request does not say.") with { Maximum = TopicCatalog.MaxPartitions },
        Int(OffsetMetadataMaxBytes, 4096, 0, "Most bytes of what a client keeps with a committed offset."),
        Long(OffsetsRetentionCheckIntervalMs, 600_000, 1, "How often expired offsets and empty groups are looked for, in milliseconds."),
        Int(OffsetsRetentionMinutes, 10_080, 1, "Forget committed offsets this many minutes after the group has become empty or, of a client without a group, after the commit."),
        Int(ProducerIdExpirationCheckIntervalMs, 600_000, 1, "How often expired producer ids are looked for, in milliseconds."),
        Int(ProducerIdExpirationMs, 86_400_000, 1, "Forget an idempotent producer after this long without a write, in milliseconds.") with
        {
            IsDynamic = true,
        },
        Int(SocketRequestMaxBytes, 104_857_600, 1024, "Largest request, in bytes; a larger one closes the connection."),
        Flag(UncleanLeaderElectionEnable, "false", "Let a copy that lacks acknowledged records take over.") with
        {
            OnlyDefaultBecause = "Giving up acknowledged records takes an operator's decision, not a setting.",
        },
    }.ToFrozenDictionary(definition => definition.Name, StringComparer.Ordinal);

    /// <summary>Settings that say the same as another in a coarser unit, the one that counts first; and how many of the other's units theirs is.</summary>
    internal static readonly IReadOnlyList<(string Name, string Coarser, long Factor)> Coarser =
    [
        (LogRetentionMs, LogRetentionMinutes, 60_000),
        (LogRetentionMs, LogRetentionHours, 3_600_000),
        (LogRollMs, LogRollHours, 3_600_000),
    ];

    private static ConfigDefinition Flag(string name, string value, string documentation) =>
        new(name, ConfigType.Boolean, value, documentation);

    private static ConfigDefinition Int(string name, int value, int minimum, string documentation) =>
        new(name, ConfigType.Int, value.ToString(CultureInfo.InvariantCulture), documentation) { Minimum = minimum };

    private static ConfigDefinition Long(string name, long value, long minimum, string documentation) =>
        new(name, ConfigType.Long, value.ToString(CultureInfo.InvariantCulture), documentation) { Minimum = minimum };
}
