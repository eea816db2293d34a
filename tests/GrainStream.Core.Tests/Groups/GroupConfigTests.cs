using GrainStream.Core.Groups;
using GrainStream.Core.Topics.Configs;

namespace GrainStream.Core.Tests.Groups;

public sealed class GroupConfigTests
{
    [Fact]
    public void Without_settings_groups_follow_Kafka_s_defaults() => Assert.Equivalent(GroupConfig.Default, GroupConfig.Of(BrokerConfig.Default));

    [Fact]
    public void Every_setting_reaches_the_groups()
    {
        GroupConfig config = GroupConfig.Of(Create(
            ("group.min.session.timeout.ms", "1000"),
            ("group.max.session.timeout.ms", "2000"),
            ("group.initial.rebalance.delay.ms", "0"),
            ("group.max.size", "3"),
            ("offsets.retention.minutes", "4"),
            ("offsets.retention.check.interval.ms", "5000"),
            ("offset.metadata.max.bytes", "6"),
            ("group.consumer.min.session.timeout.ms", "7000"),
            ("group.consumer.session.timeout.ms", "8000"),
            ("group.consumer.min.heartbeat.interval.ms", "100"),
            ("group.consumer.heartbeat.interval.ms", "900"),
            ("group.consumer.max.size", "10"),
            ("group.consumer.assignors", "range"),
            ("group.consumer.migration.policy", "upgrade")));
        Assert.Equivalent(
            new GroupConfig
            {
                MinSessionTimeout = TimeSpan.FromSeconds(1),
                MaxSessionTimeout = TimeSpan.FromSeconds(2),
                InitialRebalanceDelay = TimeSpan.Zero,
                MaxSize = 3,
                OffsetsRetention = TimeSpan.FromMinutes(4),
                OffsetsRetentionCheckInterval = TimeSpan.FromSeconds(5),
                OffsetMetadataMaxBytes = 6,
                ConsumerSessionTimeout = TimeSpan.FromSeconds(8),
                ConsumerHeartbeatInterval = TimeSpan.FromMilliseconds(900),
                ConsumerMaxSize = 10,
                ConsumerAssignors = ["range"],
                ConsumerMigrationPolicy = GroupMigrationPolicy.Upgrade,
            },
            config);
    }

    [Theory]
    [InlineData("group.min.session.timeout.ms", "1800001", "group.max.session.timeout.ms")]
    [InlineData("group.consumer.session.timeout.ms", "1000", "group.consumer.min.session.timeout.ms")]
    [InlineData("group.consumer.session.timeout.ms", "60001", "group.consumer.max.session.timeout.ms")]
    [InlineData("group.consumer.heartbeat.interval.ms", "4999", "group.consumer.min.heartbeat.interval.ms")]
    [InlineData("group.consumer.heartbeat.interval.ms", "15001", "group.consumer.max.heartbeat.interval.ms")]
    [InlineData("group.consumer.assignors", "sticky", "uniform, range")]
    [InlineData("group.consumer.migration.policy", "sideways", "bidirectional")]
    [InlineData("offsets.retention.minutes", "0", "from 1")]
    public void Settings_that_contradict_each_other_or_mean_nothing_are_refused_with_the_other_name(string name, string value, string says)
    {
        Assert.False(BrokerConfig.TryCreate([KeyValuePair.Create(name, (string?)value)], out _, out IReadOnlyList<string> errors));
        Assert.Contains(name, Assert.Single(errors), StringComparison.Ordinal);
        Assert.Contains(says, errors[0], StringComparison.Ordinal);
    }

    private static BrokerConfig Create(params (string Name, string Value)[] settings)
    {
        Assert.True(
            BrokerConfig.TryCreate(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)), out BrokerConfig config, out IReadOnlyList<string> errors),
            string.Join('\n', errors));
        return config;
    }
}
