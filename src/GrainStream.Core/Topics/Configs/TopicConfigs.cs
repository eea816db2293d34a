using System.Collections.Frozen;

namespace GrainStream.Core.Topics.Configs;

/// <summary>
/// The topic settings there are, under Kafka's names. Where a broker setting is the default, type, range and what is honoured are
/// those of the broker setting.
/// </summary>
public static class TopicConfigs
{
    public const string CleanupPolicy = "cleanup.policy";
    public const string CompressionType = "compression.type";
    public const string DeleteRetentionMs = "delete.retention.ms";
    public const string FileDeleteDelayMs = "file.delete.delay.ms";
    public const string FlushMessages = "flush.messages";
    public const string FlushMs = "flush.ms";
    public const string MaxCompactionLagMs = "max.compaction.lag.ms";
    public const string MaxMessageBytes = "max.message.bytes";
    public const string MessageTimestampAfterMaxMs = "message.timestamp.after.max.ms";
    public const string MessageTimestampBeforeMaxMs = "message.timestamp.before.max.ms";
    public const string MessageTimestampType = "message.timestamp.type";
    public const string MinCleanableDirtyRatio = "min.cleanable.dirty.ratio";
    public const string MinCompactionLagMs = "min.compaction.lag.ms";
    public const string MinInsyncReplicas = "min.insync.replicas";
    public const string RetentionBytes = "retention.bytes";
    public const string RetentionMs = "retention.ms";
    public const string SegmentBytes = "segment.bytes";
    public const string SegmentMs = "segment.ms";
    public const string UncleanLeaderElectionEnable = "unclean.leader.election.enable";

    private const string Never = "9223372036854775807";

    /// <summary>All settings, by name.</summary>
    public static readonly FrozenDictionary<string, ConfigDefinition> All = new[]
    {
        LikeBroker(CleanupPolicy, BrokerConfigs.LogCleanupPolicy),
        LikeBroker(CompressionType, BrokerConfigs.CompressionType),
        LikeBroker(DeleteRetentionMs, BrokerConfigs.LogCleanerDeleteRetentionMs),
        LikeBroker(FileDeleteDelayMs, BrokerConfigs.LogSegmentDeleteDelayMs),
        LikeBroker(MaxCompactionLagMs, BrokerConfigs.LogCleanerMaxCompactionLagMs),
        LikeBroker(MaxMessageBytes, BrokerConfigs.MessageMaxBytes),
        LikeBroker(MessageTimestampAfterMaxMs, BrokerConfigs.LogMessageTimestampAfterMaxMs),
        LikeBroker(MessageTimestampBeforeMaxMs, BrokerConfigs.LogMessageTimestampBeforeMaxMs),
        LikeBroker(MessageTimestampType, BrokerConfigs.LogMessageTimestampType),
        LikeBroker(MinCleanableDirtyRatio, BrokerConfigs.LogCleanerMinCleanableRatio),
        LikeBroker(MinCompactionLagMs, BrokerConfigs.LogCleanerMinCompactionLagMs),
        LikeBroker(MinInsyncReplicas, BrokerConfigs.MinInsyncReplicas),
        LikeBroker(RetentionBytes, BrokerConfigs.LogRetentionBytes),
        LikeBroker(RetentionMs, BrokerConfigs.LogRetentionMs),
        LikeBroker(SegmentBytes, BrokerConfigs.LogSegmentBytes),
        LikeBroker(SegmentMs, BrokerConfigs.LogRollMs),
        LikeBroker(UncleanLeaderElectionEnable, BrokerConfigs.UncleanLeaderElectionEnable),

        // Any value is kept to: every batch is synced before it can be read.
        new ConfigDefinition(FlushMessages, ConfigType.Long, Never, "Sync at least after this many records; every batch is synced at once.")
        {
            Minimum = 1,
        },
        new ConfigDefinition(FlushMs, ConfigType.Long, Never, "Sync at least this often, in milliseconds; every batch is synced at once.")
        {
            Minimum = 0,
        },
    }.ToFrozenDictionary(definition => definition.Name, StringComparer.Ordinal);

    private static ConfigDefinition LikeBroker(string name, string brokerName) =>
        BrokerConfigs.All[brokerName] with { Name = name, BrokerName = brokerName, IsDynamic = true };
}
