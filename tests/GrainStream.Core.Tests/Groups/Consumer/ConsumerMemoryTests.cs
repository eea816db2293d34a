using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Tests.Topics;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using Xunit.Abstractions;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>By itself: other tests' objects would count.</summary>
[CollectionDefinition(nameof(ConsumerMemoryTests), DisableParallelization = true)]
[Collection(nameof(ConsumerMemoryTests))]
public sealed class ConsumerMemoryTests(ITestOutputHelper output)
{
    private const int Groups = 500;
    private const int MaxBytesPerGroup = 20 * 1024;

    [Theory]
    [InlineData(null)]
    [InlineData("orders-[0-9]+|bills.*")]
    public void An_idle_group_of_a_member_with_four_partitions_is_small(string? regex)
    {
        TopicCatalog topics = Catalogs.Empty();
        Topic topic = topics.Create("orders-1", 4);
        _ = NewGroup(topics, topic, regex);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Group[] groups = [.. Enumerable.Range(0, Groups).Select(_ => NewGroup(topics, topic, regex))];
        long bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Groups;
        output.WriteLine($"{bytes} bytes per group{(regex is null ? "" : " with a pattern")}");

        Assert.True(bytes < MaxBytesPerGroup, $"{bytes} bytes per group.");
        GC.KeepAlive(groups);
    }

    private static Group NewGroup(TopicCatalog topics, Topic topic, string? regex)
    {
        // Only the group stays: the log and the steps are its host's.
        var host = new GroupHost(topics: topics);
        var request = new ConsumerGroupHeartbeatRequest
        {
            GroupId = "g",
            MemberId = Guid.NewGuid().ToString(),
            RebalanceTimeoutMs = 60_000,
            SubscribedTopicNames = regex is null ? ["orders-1"] : [],
            SubscribedTopicRegex = regex,
            Partitions = [],
        };
        host.Do(step => host.Group.ConsumerHeartbeat(step, request, new GroupClient("client-1", "/10.0.0.1", 1), _ => { }));
        var offsets = Enumerable.Range(0, 4).Select(index => new OffsetToCommit(new PartitionId(topic.Id, index), new Offset(100), 0, ""));
        host.Do(step => host.Group.Commit(step, new CommitOffsets(request.MemberId, 1, null, 9, null, [.. offsets]), outcomes => Assert.Equal(ErrorCode.None, outcomes[0])));
        return host.Group;
    }
}
