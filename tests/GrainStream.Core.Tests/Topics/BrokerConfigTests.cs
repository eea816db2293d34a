using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Topics;

public sealed class BrokerConfigTests
{
    private readonly TopicCatalog _catalog = Catalogs.Empty(("message.max.bytes", "5000"));

    [Fact]
    public void Every_setting_takes_its_own_default_and_says_what_it_is()
    {
        foreach (ConfigDefinition definition in BrokerConfigs.All.Values.Concat(TopicConfigs.All.Values))
        {
            Assert.True(definition.TryParse(definition.DefaultValue, out string canonical, out string? error), error);
            Assert.Equal(definition.DefaultValue, canonical);
            Assert.EndsWith(".", definition.Documentation, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_defaults_are_Kafkas_where_they_are_kept()
    {
        BrokerConfig config = BrokerConfig.Default;
        Assert.Equal(1, config.NumPartitions);
        Assert.True(config.AutoCreateTopicsEnable);
        Assert.Equal(1_048_588, config.MessageMaxBytes);
        Assert.Equal(104_857_600, config.SocketRequestMaxBytes);
        Assert.Equal(TimeSpan.FromDays(1), config.ProducerIdExpiration);
        Assert.Equal(TimeSpan.FromMinutes(10), config.ConnectionsMaxIdle);
        Assert.Equal(4096, config.MaxConnections);
        Assert.Equal("-1", config.Value("log.retention.ms"));
    }

    [Fact]
    public void Every_bad_setting_is_reported_with_how_to_mend_it()
    {
        bool isValid = BrokerConfig.TryCreate(
            [
                new("num.partitions", "0"),
                new("auto.create.topics.enable", "yes"),
                new("compression.type", "gzip"),
                new("no.such.setting", "1"),
                new("message.max.bytes", null),
                new("max.connections", "10"),
            ],
            out BrokerConfig config,
            out IReadOnlyList<string> errors);

        Assert.False(isValid);
        Assert.Equal(5, errors.Count);
        Assert.Contains("num.partitions: it must be a whole number from 1", errors[0], StringComparison.Ordinal);
        Assert.Contains("true or false", errors[1], StringComparison.Ordinal);
        Assert.Contains("compression.type out or set it to producer", errors[2], StringComparison.Ordinal);
        Assert.Contains("no.such.setting", errors[3], StringComparison.Ordinal);
        Assert.Contains("message.max.bytes", errors[4], StringComparison.Ordinal);
        Assert.Same(BrokerConfig.Default, config);
    }

    [Theory]
    [InlineData("-1", "604800000")]
    [InlineData("7200000", "3600000", "log.retention.hours=2", "log.roll.hours=1")]
    [InlineData("180000", "604800000", "log.retention.hours=2", "log.retention.minutes=3")]
    [InlineData("5", "7", "log.retention.hours=2", "log.retention.minutes=3", "log.retention.ms=5", "log.roll.hours=1", "log.roll.ms=7")]
    [InlineData("-1", "604800000", "log.retention.hours=-1")]
    public void The_finest_unit_that_is_set_counts(string retentionMs, string rollMs, params string[] settings)
    {
        Assert.True(BrokerConfig.TryCreate(
            settings.Select(setting => KeyValuePair.Create(setting.Split('=')[0], (string?)setting.Split('=')[1])), out BrokerConfig config, out _));
        var topic = new EffectiveTopicConfig(ConfigOverrides.None, config);
        Assert.Equal((retentionMs, rollMs), (config.Value("log.retention.ms"), config.Value("log.roll.ms")));
        Assert.Equal((retentionMs, rollMs), ($"{topic.RetentionMs}", $"{topic.SegmentMs}"));
    }

    [Fact]
    public void A_topics_settings_for_old_records_have_Kafkas_defaults_but_are_kept_for_ever()
    {
        var config = new EffectiveTopicConfig(ConfigOverrides.None, BrokerConfig.Default);
        Assert.Equal((true, false), (config.IsDeleted, config.IsCompacted));
        Assert.Equal((-1, -1), (config.RetentionMs, config.RetentionBytes));
        Assert.Equal((1 << 30, 7 * 86_400_000L), (config.SegmentBytes, config.SegmentMs));
        Assert.Equal((60_000, 86_400_000), (config.FileDeleteDelayMs, config.DeleteRetentionMs));
        Assert.Equal((0, long.MaxValue, 0.5), (config.MinCompactionLagMs, config.MaxCompactionLagMs, config.MinCleanableDirtyRatio));
    }

    [Theory]
    [InlineData("compact", "5000", 5000)]
    [InlineData("compact", "2000000000", 604_800_000)]
    [InlineData("delete", "5000", 604_800_000)]
    public void What_must_be_compacted_by_a_time_must_be_in_segments_by_then(string policy, string maxLagMs, long segmentMs)
    {
        ConfigOverrides overrides = ConfigOverrides.FromLog(["cleanup.policy", "max.compaction.lag.ms"], [policy, maxLagMs]);
        var topic = new EffectiveTopicConfig(overrides, BrokerConfig.Default);
        Assert.Equal(segmentMs, topic.SegmentMs);
        Assert.Equal("604800000", topic.Value("segment.ms"));
    }

    [Fact]
    public void Settings_that_contradict_each_other_are_reported()
    {
        Assert.False(BrokerConfig.TryCreate(Catalogs.Pairs(("message.max.bytes", "2000"), ("socket.request.max.bytes", "1500")), out _, out IReadOnlyList<string> errors));
        Assert.Contains("socket.request.max.bytes", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("9223372036854775807")]
    public void Connections_may_stay_idle_for_ever(string value)
    {
        Assert.True(BrokerConfig.TryCreate(Catalogs.Pairs(("connections.max.idle.ms", value)), out BrokerConfig config, out _));
        Assert.Null(config.ConnectionsMaxIdle);
    }

    [Fact]
    public void The_nearest_source_of_a_value_wins_and_all_are_described()
    {
        Topic topic = _catalog.Create("orders", 1, ("max.message.bytes", "1000"));
        _catalog.Do(_catalog.DecideSetBrokerConfigs(BrokerConfigsSet.AllBrokers, Catalogs.Pairs(("message.max.bytes", "6000"))));
        _catalog.Do(_catalog.DecideSetBrokerConfigs(Catalogs.NodeId, Catalogs.Pairs(("message.max.bytes", "7000"))));

        Assert.True(_catalog.TryFind("orders", out topic!));
        ConfigValue described = topic.Config.Describe("max.message.bytes");
        Assert.Equal(
            [
                new ConfigSynonym("max.message.bytes", "1000", ConfigSource.DynamicTopic),
                new ConfigSynonym("message.max.bytes", "7000", ConfigSource.DynamicBroker),
                new ConfigSynonym("message.max.bytes", "6000", ConfigSource.DynamicDefaultBroker),
                new ConfigSynonym("message.max.bytes", "5000", ConfigSource.StaticBroker),
                new ConfigSynonym("message.max.bytes", "1048588", ConfigSource.Default),
            ],
            described.Synonyms);
        Assert.Equal(("1000", ConfigSource.DynamicTopic, false), (described.Value, described.Source, described.IsDefault));
        Assert.Equal(7000, _catalog.Broker.MessageMaxBytes);
        Assert.True(topic.Config.Describe("flush.ms").IsDefault);
    }

    [Fact]
    public void A_brokers_new_setting_reaches_topics_that_do_not_override_it()
    {
        _catalog.Create("plain");
        _catalog.Create("own", 1, ("max.message.bytes", "1000"));
        Assert.Equal(5000, Limit("plain"));

        _catalog.Do(_catalog.DecideChangeBrokerConfigs(Catalogs.NodeId, [new("message.max.bytes", ConfigOperation.Set, "9000")]));
        Assert.Equal((9000, 1000), (Limit("plain"), Limit("own")));
        _catalog.Create("later");
        Assert.Equal(9000, Limit("later"));

        _catalog.Do(_catalog.DecideChangeBrokerConfigs(Catalogs.NodeId, [new("message.max.bytes", ConfigOperation.Delete, null)]));
        Assert.Equal(5000, Limit("plain"));
        Assert.Equal(3, _catalog.PartitionCount);

        int Limit(string name) => _catalog.TryFind(name, out Topic? topic) ? topic.Config.MaxMessageBytes : -1;
    }

    [Theory]
    [InlineData(Catalogs.NodeId, "num.partitions", "5", ErrorCode.InvalidConfig)]
    [InlineData(Catalogs.NodeId, "no.such.setting", "5", ErrorCode.InvalidConfig)]
    [InlineData(Catalogs.NodeId, "message.max.bytes", "x", ErrorCode.InvalidConfig)]
    [InlineData(Catalogs.NodeId, "message.max.bytes", "2000000000", ErrorCode.InvalidConfig)]
    [InlineData(Catalogs.NodeId + 1, "message.max.bytes", "5", ErrorCode.InvalidRequest)]
    [InlineData(Catalogs.NodeId, "message.max.bytes", "5", ErrorCode.None)]
    [InlineData(BrokerConfigsSet.AllBrokers, "message.max.bytes", "5", ErrorCode.None)]
    public void Run_time_settings_are_checked(int broker, string name, string value, ErrorCode expected)
    {
        CatalogDecision decision = _catalog.DecideChangeBrokerConfigs(broker, [new(name, ConfigOperation.Set, value)]);
        Assert.Equal(expected, decision.Error);
        Assert.Equal(expected == ErrorCode.None, decision.Event is not null);
        Assert.Equal(expected != ErrorCode.None, decision.Message is not null);
    }

    [Fact]
    public void All_settings_are_described_in_order()
    {
        Assert.Equal(BrokerConfigs.All.Keys.Order(StringComparer.Ordinal), _catalog.Broker.DescribeAll().Select(value => value.Definition.Name));
        Topic topic = _catalog.Create("orders");
        Assert.Equal(TopicConfigs.All.Keys.Order(StringComparer.Ordinal), topic.Config.DescribeAll().Select(value => value.Definition.Name));
    }

    [Fact]
    public void Topics_without_settings_of_their_own_share_one_configuration() =>
        Assert.Same(_catalog.Create("a").Config, _catalog.Create("b").Config);
}
