using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Topics;

public sealed class GroupRegistryTests
{
    private static readonly TopicId First = new(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7));
    private static readonly TopicId Second = new(new Guid(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7));

    [Fact]
    public void A_group_is_found_by_name_and_by_its_log_and_is_no_topic()
    {
        TopicCatalog catalog = Catalogs.Empty();
        catalog.Do(catalog.DecideCreateGroup("billing", First));

        Assert.True(catalog.Groups.TryFind("billing", out RegisteredGroup? byName) && catalog.Groups.TryFind(First, out RegisteredGroup? byLog) && byName == byLog);
        Assert.Equal("__grainstream_group_billing", byName!.LogName);
        Assert.Equal(new PartitionId(First, 0), byName.Log);
        Assert.Empty(catalog.All);
        Assert.False(catalog.TryFind(First, out _));
        Assert.True(InternalTopics.IsReserved(byName.LogName));
    }

    [Fact]
    public void Creating_a_group_that_is_there_and_deleting_one_that_is_not_changes_nothing()
    {
        TopicCatalog catalog = Catalogs.Empty();
        catalog.Do(catalog.DecideCreateGroup("billing", First));

        CatalogDecision again = catalog.DecideCreateGroup("billing", Second);
        Assert.Equal((ErrorCode.None, null), (again.Error, again.Event));
        CatalogDecision unknown = catalog.DecideDeleteGroup(Second);
        Assert.Equal((ErrorCode.None, null), (unknown.Error, unknown.Event));
    }

    [Fact]
    public void The_log_of_a_deleted_group_is_remembered_until_it_is_freed_and_the_name_may_come_again()
    {
        TopicCatalog catalog = Catalogs.Empty();
        catalog.Do(catalog.DecideCreateGroup("billing", First));
        catalog.Do(catalog.DecideDeleteGroup(First));
        Assert.Equal([First], catalog.Deleted);
        Assert.Equal(0, catalog.Groups.Count);

        catalog.Do(catalog.DecideCreateGroup("billing", Second));
        Assert.Throws<InvariantViolationException>(() => catalog.DecideCreateGroup("other", First));
        Assert.True(catalog.Groups.TryFind("billing", out RegisteredGroup? group));
        Assert.Equal(Second, group.LogId);
        catalog.Do(catalog.DecideFree(First));
        Assert.Empty(catalog.Deleted);
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused()
    {
        CatalogDecision decision = Catalogs.Empty().DecideCreateGroup(new string('g', GroupRegistry.MaxNameLength + 1), First);
        Assert.Equal(ErrorCode.InvalidGroupId, decision.Error);
        Assert.Contains("1024", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_count_with_the_partitions_of_the_node()
    {
        TopicCatalog catalog = Catalogs.Empty();
        catalog.Do(catalog.DecideCreate(Catalogs.New("big", TopicCatalog.MaxPartitions - 1, [])));
        catalog.Do(catalog.DecideCreateGroup("last", First));

        CatalogDecision group = catalog.DecideCreateGroup("one-too-many", Second);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, group.Error);
        Assert.Contains("Delete topics or groups", group.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.PolicyViolation, catalog.DecideCreate(Catalogs.New("small", 1, [])).Error);
    }

    [Fact]
    public void A_log_that_creates_a_group_twice_or_deletes_one_that_is_not_there_is_refused()
    {
        TopicCatalog catalog = Catalogs.Empty();
        catalog.Apply(new GroupCreated { LogId = First.Value, GroupId = "billing" });
        Assert.Throws<InvariantViolationException>(() => catalog.Apply(new GroupCreated { LogId = Second.Value, GroupId = "billing" }));
        Assert.Throws<InvariantViolationException>(() => catalog.Apply(new GroupDeleted { LogId = Second.Value }));
    }
}
