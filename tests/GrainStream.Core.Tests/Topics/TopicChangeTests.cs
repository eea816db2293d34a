using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Topics;

public sealed class TopicChangeTests
{
    private readonly TopicCatalog _catalog = Catalogs.Empty();

    [Fact]
    public void A_deleted_topic_is_gone_and_its_name_is_free()
    {
        Topic topic = _catalog.Create("orders", 3);
        CatalogDecision decision = _catalog.Do(_catalog.DecideDelete("orders"));

        Assert.Equal(topic, decision.Topic);
        Assert.False(_catalog.TryFind("orders", out _));
        Assert.False(_catalog.TryFind(topic.Id, out _));
        Assert.Equal(0, _catalog.PartitionCount);
        Assert.NotEqual(topic.Id, _catalog.Create("orders").Id);
    }

    [Fact]
    public void A_topic_can_be_deleted_by_id()
    {
        Topic topic = _catalog.Create("orders");
        _catalog.Do(_catalog.DecideDelete(topic.Id));
        Assert.False(_catalog.TryFind("orders", out _));
    }

    [Fact]
    public void Deleting_what_is_not_there_is_refused_by_name_and_by_id()
    {
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _catalog.DecideDelete("orders").Error);
        Assert.Equal(ErrorCode.UnknownTopicId, _catalog.DecideDelete(new TopicId(Guid.NewGuid())).Error);
    }

    [Fact]
    public void The_brokers_own_topics_cannot_be_deleted()
    {
        Assert.Equal(ErrorCode.InvalidTopic, _catalog.DecideDelete(InternalTopics.CatalogName).Error);
        Assert.Equal(ErrorCode.InvalidTopic, _catalog.DecideDelete(InternalTopics.CatalogId).Error);
    }

    [Fact]
    public void Deletion_can_be_disabled()
    {
        TopicCatalog catalog = Catalogs.Empty(("delete.topic.enable", "false"));
        catalog.Create("orders");
        Assert.Equal(ErrorCode.TopicDeletionDisabled, catalog.DecideDelete("orders").Error);
    }

    [Fact]
    public void Partitions_can_be_added()
    {
        _catalog.Create("orders", 2);
        CatalogDecision decision = _catalog.Do(_catalog.DecideAddPartitions("orders", 5, []));

        Assert.Equal(5, decision.Topic!.PartitionCount);
        Assert.True(_catalog.TryFind("orders", out Topic? topic));
        Assert.Equal(5, topic.PartitionCount);
        Assert.True(_catalog.TryFind(topic.Id, out Topic? byId));
        Assert.Same(topic, byId);
        Assert.Equal(5, _catalog.PartitionCount);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Partitions_cannot_be_taken_away(int total)
    {
        _catalog.Create("orders", 2);
        Assert.Equal(ErrorCode.InvalidPartitions, _catalog.DecideAddPartitions("orders", total, []).Error);
    }

    [Fact]
    public void Partitions_of_an_unknown_topic_cannot_be_added() =>
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _catalog.DecideAddPartitions("orders", 5, []).Error);

    [Fact]
    public void Added_partitions_may_be_assigned_to_the_only_broker()
    {
        _catalog.Create("orders", 2);
        ReplicaAssignment[] good = [new(2, [Catalogs.NodeId]), new(3, [Catalogs.NodeId])];
        Assert.Equal(ErrorCode.None, _catalog.DecideAddPartitions("orders", 4, good).Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, _catalog.DecideAddPartitions("orders", 5, good).Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, _catalog.DecideAddPartitions("orders", 3, [new(2, [1])]).Error);
    }

    [Fact]
    public void Setting_configs_replaces_all_that_were_set()
    {
        _catalog.Create("orders", 1, ("max.message.bytes", "2000"), ("message.timestamp.type", "LogAppendTime"));
        _catalog.Do(_catalog.DecideSetTopicConfigs("orders", Catalogs.Pairs(("max.message.bytes", "3000"))));

        Assert.True(_catalog.TryFind("orders", out Topic? topic));
        Assert.Equal([KeyValuePair.Create("max.message.bytes", "3000")], topic.Overrides.Values);
        Assert.Equal(3000, topic.Config.Rules.MaxMessageBytes);
        Assert.Equal(GrainStream.Core.Log.TimestampType.CreateTime, topic.Config.TimestampType);
    }

    [Fact]
    public void Changing_configs_sets_and_deletes_only_what_is_named()
    {
        _catalog.Create("orders", 1, ("max.message.bytes", "2000"), ("message.timestamp.type", "LogAppendTime"));
        _catalog.Do(_catalog.DecideChangeTopicConfigs("orders",
        [
            new("max.message.bytes", ConfigOperation.Delete, null),
            new("flush.ms", ConfigOperation.Set, "1000"),
        ]));

        Assert.True(_catalog.TryFind("orders", out Topic? topic));
        Assert.Equal(["flush.ms", "message.timestamp.type"], topic.Overrides.Names());
        Assert.Equal(1_048_588, topic.Config.MaxMessageBytes);
    }

    [Theory]
    [InlineData("cleanup.policy", ConfigOperation.Append, "delete", ErrorCode.None)]
    [InlineData("cleanup.policy", ConfigOperation.Append, "compact", ErrorCode.None)]
    [InlineData("cleanup.policy", ConfigOperation.Append, "shred", ErrorCode.InvalidConfig)]
    [InlineData("compression.type", ConfigOperation.Set, "gzip", ErrorCode.InvalidConfig)]
    [InlineData("min.cleanable.dirty.ratio", ConfigOperation.Set, "1.5", ErrorCode.InvalidConfig)]
    [InlineData("min.cleanable.dirty.ratio", ConfigOperation.Set, "NaN", ErrorCode.InvalidConfig)]
    [InlineData("min.cleanable.dirty.ratio", ConfigOperation.Set, "0.01", ErrorCode.None)]
    [InlineData("retention.ms", ConfigOperation.Set, "-2", ErrorCode.InvalidConfig)]
    [InlineData("cleanup.policy", ConfigOperation.Subtract, "delete", ErrorCode.InvalidConfig)]
    [InlineData("cleanup.policy", ConfigOperation.Subtract, "compact", ErrorCode.None)]
    [InlineData("max.message.bytes", ConfigOperation.Append, "1", ErrorCode.InvalidConfig)]
    [InlineData("max.message.bytes", ConfigOperation.Set, null, ErrorCode.InvalidConfig)]
    [InlineData("max.message.bytes", (ConfigOperation)9, "1", ErrorCode.InvalidRequest)]
    [InlineData("no.such.setting", ConfigOperation.Set, "1", ErrorCode.InvalidConfig)]
    [InlineData("no.such.setting", ConfigOperation.Delete, null, ErrorCode.InvalidConfig)]
    [InlineData("flush.ms", ConfigOperation.Delete, null, ErrorCode.None)]
    public void Each_operation_is_checked(string name, ConfigOperation operation, string? value, ErrorCode expected)
    {
        _catalog.Create("orders");
        CatalogDecision decision = _catalog.DecideChangeTopicConfigs("orders", [new(name, operation, value)]);
        Assert.Equal(expected, decision.Error);
        Assert.Equal(expected != ErrorCode.None, decision.Message is not null);
    }

    [Fact]
    public void The_cleanup_policy_is_a_list_that_grows_and_shrinks()
    {
        _catalog.Create("orders");
        Assert.Equal(("delete", true, false), Policy());
        Change(ConfigOperation.Append, "compact");
        Assert.Equal(("delete,compact", true, true), Policy());
        Change(ConfigOperation.Append, "compact");
        Change(ConfigOperation.Subtract, "delete");
        Assert.Equal(("compact", false, true), Policy());
        Change(ConfigOperation.Delete, null);
        Assert.Equal(("delete", true, false), Policy());

        void Change(ConfigOperation operation, string? value) => Assert.Equal(
            ErrorCode.None, _catalog.Do(_catalog.DecideChangeTopicConfigs("orders", [new("cleanup.policy", operation, value)])).Error);

        (string Policy, bool IsDeleted, bool IsCompacted) Policy() => _catalog.TryFind("orders", out Topic? topic)
            ? (topic.Config.Value("cleanup.policy"), topic.Config.IsDeleted, topic.Config.IsCompacted)
            : default;
    }

    [Fact]
    public void Compaction_lags_that_contradict_each_other_are_refused_on_creation_and_change()
    {
        CatalogDecision created = _catalog.DecideCreate(Catalogs.New("orders", 1, ("min.compaction.lag.ms", "20"), ("max.compaction.lag.ms", "10")));
        Assert.Equal(ErrorCode.InvalidConfig, created.Error);
        _catalog.Create("orders", 1, ("max.compaction.lag.ms", "10"));
        CatalogDecision changed = _catalog.DecideChangeTopicConfigs("orders", [new("min.compaction.lag.ms", ConfigOperation.Set, "11")]);
        Assert.Equal(ErrorCode.InvalidConfig, changed.Error);
        Assert.Contains("max.compaction.lag.ms (10)", changed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_names_a_setting_twice_is_refused_whole()
    {
        _catalog.Create("orders");
        Assert.Equal(
            ErrorCode.InvalidRequest,
            _catalog.DecideChangeTopicConfigs("orders", [new("flush.ms", ConfigOperation.Set, "1"), new("flush.ms", ConfigOperation.Delete, null)]).Error);
    }

    [Fact]
    public void A_change_that_changes_nothing_succeeds_without_an_event()
    {
        _catalog.Create("orders", 1, ("flush.ms", "5"));
        CatalogDecision decision = _catalog.DecideChangeTopicConfigs("orders", [new("flush.ms", ConfigOperation.Set, " 5 ")]);
        Assert.Equal(ErrorCode.None, decision.Error);
        Assert.Null(decision.Event);
    }

    [Fact]
    public void Configs_of_an_unknown_topic_cannot_be_altered()
    {
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _catalog.DecideSetTopicConfigs("orders", []).Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _catalog.DecideChangeTopicConfigs("orders", []).Error);
    }

    [Fact]
    public void Producer_ids_are_reserved_once()
    {
        var first = (ProducerIdsReserved)_catalog.Do(_catalog.DecideReserveProducerIds(1000)).Event!;
        var second = (ProducerIdsReserved)_catalog.Do(_catalog.DecideReserveProducerIds(10)).Event!;
        Assert.Equal((0, 1000), (first.FirstProducerId, first.Count));
        Assert.Equal((1000, 10), (second.FirstProducerId, second.Count));
        Assert.Throws<InvariantViolationException>(() => _catalog.Apply(second));
    }

    [Fact]
    public void A_log_that_changes_a_topic_it_did_not_create_is_a_violation() =>
        Assert.Throws<InvariantViolationException>(() => _catalog.Apply(new PartitionsAdded { TopicId = Guid.NewGuid(), Partitions = 3 }));
}
