using System.Collections.Frozen;

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
    public const string LogCleanupPolicy = "log.cleanup.policy";
    public const string LogMessageTimestampAfterMaxMs = "log.message.timestamp.after.max.ms";
    public const string LogMessageTimestampBeforeMaxMs = "log.message.timestamp.before.max.ms";
    public const string LogMessageTimestampType = "log.message.timestamp.type";
    public const string LogRetentionBytes = "log.retention.bytes";
    public const string LogRetentionMs = "log.retention.ms";
    public const string LogRollMs = "log.roll.ms";
    public const string LogSegmentBytes = "log.segment.bytes";
    public const string MaxConnections = "max.connections";
    public const string MessageMaxBytes = "message.max.bytes";
    public const string MinInsyncReplicas = "min.insync.replicas";
    public const string NumPartitions = "num.partitions";
    public const string ProducerIdExpirationCheckIntervalMs = "producer.id.expiration.check.interval.ms";
    public const string ProducerIdExpirationMs = "producer.id.expiration.ms";
    public const string SocketRequestMaxBytes = "socket.request.max.bytes";
    public const string UncleanLeaderElectionEnable = "unclean.leader.election.enable";

    private const string OneNode = "This broker is a cluster of one node.";
    private const string NoSegments = "Logs are not cut into segments yet.";

    /// <summary>All settings, by name.</summary>
    public static readonly FrozenDictionary<string, ConfigDefinition> All = new ConfigDefinition[]
    {
        new(AutoCreateTopicsEnable, ConfigType.Boolean, "true", "Create a topic when a client asks for the metadata of one that does not exist."),
        new(CompressionType, ConfigType.String, "producer", "Compression of stored batches; 'producer' keeps them as they were sent.")
        {
            OnlyDefaultBecause = "Batches are stored byte for byte as they were sent.",
        },
        new(ConnectionsMaxIdleMs, ConfigType.Long, "600000", "Close a connection that was silent for this long, in milliseconds; -1 for never.") { Minimum = -1 },
        new(DefaultReplicationFactor, ConfigType.Int, "1", "Copies of a partition where the request does not say.") { Minimum = 1, OnlyDefaultBecause = OneNode },
        new(DeleteTopicEnable, ConfigType.Boolean, "true", "Allow topics to be deleted by clients."),
        new(FetchMaxBytes, ConfigType.Int, "57671680", "Most bytes of records in one fetch response (55 MiB); one batch is sent even if larger.") { Minimum = 1024 },
        new(LogCleanupPolicy, ConfigType.List, "delete", "What becomes of old records: delete, or compact by key.")
        {
            AllowedValues = ["delete", "compact"],
            OnlyDefaultBecause = "Compaction is not there yet.",
        },
        new(LogMessageTimestampAfterMaxMs, ConfigType.Long, "3600000", "How far ahead of the broker's time a record's timestamp may be, in milliseconds.") { Minimum = 0, IsDynamic = true },
        new(LogMessageTimestampBeforeMaxMs, ConfigType.Long, "9223372036854775807", "How far behind the broker's time a record's timestamp may be, in milliseconds.") { Minimum = 0, IsDynamic = true },
        new(LogMessageTimestampType, ConfigType.String, "CreateTime", "Who sets record timestamps: the producer (CreateTime) or the broker (LogAppendTime).")
        {
            AllowedValues = ["CreateTime", "LogAppendTime"],
            IsDynamic = true,
        },
        new(LogRetentionBytes, ConfigType.Long, "-1", "Delete the oldest records of a partition beyond this many bytes; -1 keeps them.")
        {
            Minimum = -1,
            OnlyDefaultBecause = "Retention is forever for now: records are deleted only by DeleteRecords and DeleteTopics.",
        },
        new(LogRetentionMs, ConfigType.Long, "-1", "Delete records older than this, in milliseconds; -1 keeps them. Kafka's default is 7 days.")
        {
            Minimum = -1,
            OnlyDefaultBecause = "Retention is forever for now: records are deleted only by DeleteRecords and DeleteTopics.",
        },
        new(LogRollMs, ConfigType.Long, "604800000", "Greatest age of a segment, in milliseconds.") { Minimum = 1, OnlyDefaultBecause = NoSegments },
        new(LogSegmentBytes, ConfigType.Int, "1073741824", "Size of a segment, in bytes.") { Minimum = 14, OnlyDefaultBecause = NoSegments },
        new(MaxConnections, ConfigType.Int, "2147483647", "Most connections at a time.") { Minimum = 1, IsDynamic = true },
        new(MessageMaxBytes, ConfigType.Int, "1048588", "Largest record batch, in bytes as sent, for topics that do not say.") { Minimum = 0, IsDynamic = true },
        new(MinInsyncReplicas, ConfigType.Int, "1", "Copies that must have an acks=all batch before it is acknowledged.") { Minimum = 1, OnlyDefaultBecause = OneNode },
        new(NumPartitions, ConfigType.Int, "1", "Partitions of a topic where the request does not say.") { Minimum = 1, Maximum = TopicCatalog.MaxPartitions },
        new(ProducerIdExpirationCheckIntervalMs, ConfigType.Int, "600000", "How often expired producer ids are looked for, in milliseconds.") { Minimum = 1 },
        new(ProducerIdExpirationMs, ConfigType.Int, "86400000", "Forget an idempotent producer in a partition after this long without a write, in milliseconds.") { Minimum = 1, IsDynamic = true },
        new(SocketRequestMaxBytes, ConfigType.Int, "104857600", "Largest request, in bytes; a larger one closes the connection.") { Minimum = 1024 },
        new(UncleanLeaderElectionEnable, ConfigType.Boolean, "false", "Let a copy that lacks acknowledged records take over.")
        {
            OnlyDefaultBecause = "Giving up acknowledged records takes an operator's decision, not a setting.",
        },
    }.ToFrozenDictionary(definition => definition.Name, StringComparer.Ordinal);
}
