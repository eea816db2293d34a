using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Topics;

public sealed class CreateTopicTests
{
    private readonly TopicCatalog _catalog = Catalogs.Empty(("num.partitions", "3"));

    [Fact]
    public void A_created_topic_is_found_by_name_and_by_id()
    {
        CreateTopic command = Catalogs.New("orders", partitions: 4, ("max.message.bytes", "2000"));
        CatalogDecision decision = _catalog.Do(_catalog.DecideCreate(command));

        Assert.Equal(ErrorCode.None, decision.Error);
        Assert.True(_catalog.TryFind("orders", out Topic? byName));
        Assert.True(_catalog.TryFind(command.ProposedId, out Topic? byId));
        Assert.Same(byName, byId);
        Assert.Equal((command.ProposedId, "orders", 4), (byName.Id, byName.Name, byName.PartitionCount));
        Assert.Equal(2000, byName.Config.Rules.MaxMessageBytes);
        Assert.Equal(4, _catalog.PartitionCount);
        Assert.Equal([byName], _catalog.All);
    }

    [Fact]
    public void Deciding_changes_nothing_so_that_a_request_can_be_validated_only()
    {
        CatalogDecision decision = _catalog.DecideCreate(Catalogs.New("orders"));
        Assert.Equal(3, decision.Topic!.PartitionCount);
        Assert.False(_catalog.TryFind("orders", out _));
    }

    [Fact]
    public void Without_a_partition_count_the_brokers_default_is_used() =>
        Assert.Equal(3, _catalog.Create("orders").PartitionCount);

    [Theory]
    [InlineData("a")]
    [InlineData("A.b_c-9")]
    [InlineData("...")]
    [InlineData("_private")]
    [InlineData("__mine")]
    public void Kafkas_topic_names_are_taken(string name) => Assert.Equal(ErrorCode.None, _catalog.DecideCreate(Catalogs.New(name)).Error);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("häuser")]
    [InlineData("a\0")]
    [InlineData("__grainstream_catalog")]
    [InlineData("__grainstream")]
    [InlineData("__consumer_offsets")]
    [InlineData("__transaction_state")]
    public void Other_names_and_the_brokers_own_are_refused(string name)
    {
        CatalogDecision decision = _catalog.DecideCreate(Catalogs.New(name));
        Assert.Equal(ErrorCode.InvalidTopic, decision.Error);
        Assert.NotEmpty(decision.Message!);
        Assert.Null(decision.Event);
    }

    [Fact]
    public void A_name_may_have_249_characters_and_no_more()
    {
        Assert.Equal(ErrorCode.None, _catalog.DecideCreate(Catalogs.New(new string('a', 249))).Error);
        Assert.Equal(ErrorCode.InvalidTopic, _catalog.DecideCreate(Catalogs.New(new string('a', 250))).Error);
    }

    [Fact]
    public void Names_that_differ_only_in_dots_and_underscores_stand_side_by_side()
    {
        _catalog.Create("a.b");
        _catalog.Create("a_b");
        Assert.Equal(2, _catalog.All.Count());
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        _catalog.Create("orders");
        CatalogDecision decision = _catalog.DecideCreate(Catalogs.New("orders"));
        Assert.Equal(ErrorCode.TopicAlreadyExists, decision.Error);
        Assert.Contains("orders", decision.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    public void A_topic_needs_a_partition(int partitions) =>
        Assert.Equal(ErrorCode.InvalidPartitions, _catalog.DecideCreate(Catalogs.New("orders", partitions)).Error);

    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(1, ErrorCode.None)]
    [InlineData(3, ErrorCode.InvalidReplicationFactor)]
    [InlineData(0, ErrorCode.InvalidReplicationFactor)]
    [InlineData(-2, ErrorCode.InvalidReplicationFactor)]
    public void One_broker_can_hold_one_copy(short replicationFactor, ErrorCode expected) =>
        Assert.Equal(expected, _catalog.DecideCreate(Catalogs.New("orders") with { ReplicationFactor = replicationFactor }).Error);

    [Fact]
    public void An_assignment_to_the_only_broker_is_taken_and_says_how_many_partitions()
    {
        CatalogDecision decision = _catalog.DecideCreate(Catalogs.New("orders") with { Assignments = [new(1, [Catalogs.NodeId]), new(0, [Catalogs.NodeId])] });
        Assert.Equal(ErrorCode.None, decision.Error);
        Assert.Equal(2, decision.Topic!.PartitionCount);
    }

    public static TheoryData<int[], int[]> BadAssignments => new()
    {
        { [0], [8] },
        { [0], [Catalogs.NodeId, 8] },
        { [0], [] },
        { [1], [Catalogs.NodeId] },
        { [0, 0], [Catalogs.NodeId] },
        { [0, 2], [Catalogs.NodeId] },
        { [-1, 0], [Catalogs.NodeId] },
        { [int.MaxValue], [Catalogs.NodeId] },
    };

    [Theory]
    [MemberData(nameof(BadAssignments))]
    public void Other_assignments_are_refused(int[] partitions, int[] brokers)
    {
        CreateTopic command = Catalogs.New("orders") with { Assignments = [.. partitions.Select(partition => new ReplicaAssignment(partition, brokers))] };
        CatalogDecision decision = _catalog.DecideCreate(command);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, decision.Error);
        Assert.NotEmpty(decision.Message!);
    }

    [Fact]
    public void An_assignment_beside_a_partition_count_is_refused() =>
        Assert.Equal(ErrorCode.InvalidRequest, _catalog.DecideCreate(Catalogs.New("orders", 1) with { Assignments = [new(0, [Catalogs.NodeId])] }).Error);

    [Theory]
    [InlineData("no.such.setting", "1")]
    [InlineData("retention.ms", "-2")]
    [InlineData("compression.type", "gzip")]
    [InlineData("cleanup.policy", "")]
    [InlineData("max.message.bytes", "-1")]
    [InlineData("max.message.bytes", "many")]
    [InlineData("message.timestamp.type", "createtime")]
    public void A_setting_that_is_unknown_invalid_or_not_kept_yet_is_refused(string name, string value)
    {
        CatalogDecision decision = _catalog.DecideCreate(Catalogs.New("orders", -1, (name, value)));
        Assert.Equal(ErrorCode.InvalidConfig, decision.Error);
        Assert.Contains(name, decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_without_a_value_is_refused() =>
        Assert.Equal(ErrorCode.InvalidConfig, _catalog.DecideCreate(Catalogs.New("orders") with { Configs = [new("retention.ms", null)] }).Error);

    [Fact]
    public void More_partitions_than_a_node_takes_are_refused_until_others_go()
    {
        _catalog.Create("big", TopicCatalog.MaxPartitions - 1);
        Assert.Equal(ErrorCode.PolicyViolation, _catalog.DecideCreate(Catalogs.New("orders", 2)).Error);
        Assert.Equal(ErrorCode.PolicyViolation, _catalog.DecideAddPartitions("big", int.MaxValue, []).Error);
        _catalog.Create("orders", 1);
        Assert.Equal(ErrorCode.PolicyViolation, _catalog.DecideCreate(Catalogs.New("more", 1)).Error);

        _catalog.Do(_catalog.DecideDelete("big"));
        _catalog.Create("more", 1);
        Assert.Equal(2, _catalog.PartitionCount);
    }

    [Fact]
    public void An_id_that_is_not_free_is_a_violation()
    {
        Topic topic = _catalog.Create("orders");
        Assert.Throws<InvariantViolationException>(() => _catalog.DecideCreate(new CreateTopic("other", topic.Id)));
        Assert.Throws<InvariantViolationException>(() => _catalog.DecideCreate(new CreateTopic("other", TopicId.None)));
        Assert.Throws<InvariantViolationException>(() => _catalog.DecideCreate(new CreateTopic("other", InternalTopics.CatalogId)));
    }

    [Fact]
    public void A_log_that_creates_a_topic_twice_is_a_violation()
    {
        ICatalogEvent created = _catalog.DecideCreate(Catalogs.New("orders")).Event!;
        _catalog.Apply(created);
        Assert.Throws<InvariantViolationException>(() => _catalog.Apply(created));
    }

    [Fact]
    public void Creating_a_topic_costs_the_same_however_many_there_are()
    {
        for (int i = 0; i < 20_000; i++)
        {
            _catalog.Create($"topic-{i}", 1);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            _catalog.Create($"more-{i}", 1);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 1, 10_000);
    }
}
