namespace GrainStream.Conformance.Tests.Groups;

/// <summary>Groups across restarts: of the broker, and of members.</summary>
public sealed class GroupRestartTests
{
    private const int Partitions = 4;

    /// <summary>Longer than the broker is away, so that nobody's session ends meanwhile.</summary>
    private const int LongSessionMs = 45_000;

    private static readonly string[] OneOfEachClient =
        ["confluent cooperative-sticky", "kafka-python range", "kafkajs", "kafka-javascript range", "kafka-javascript consumer uniform"];

    [Fact]
    public async Task Members_go_on_without_a_rebalance_after_the_broker_was_killed_and_came_back_within_their_session_timeout()
    {
        await using GroupServer server = await GroupServer.StartAsync(nameof(GroupRestartTests), "Broker:group.consumer.session.timeout.ms=45000");
        string[] values = await FillAsync(server, 0, 40);
        List<(GroupMember First, GroupMember Second)> groups = [];
        try
        {
            foreach (string name in OneOfEachClient)
            {
                MemberConfig config = new("group of " + name, ["work"]) { SessionTimeoutMs = LongSessionMs };
                groups.Add((GroupMember.Start(MemberKind.Of(name), server.Bootstrap, config), GroupMember.Start(MemberKind.Of(name), server.Bootstrap, config)));
            }

            foreach ((GroupMember first, GroupMember second) in groups)
            {
                await GroupMember.UntilSharedAsync(Partitions, first, second);
                await GroupMember.UntilCommittedAsync(values, first, second);
            }

            int[] before = [.. groups.Select(group => group.First.Changes + group.Second.Changes)];
            await server.RestartAsync();
            string[] later = await server.ProduceAsync("work", 40, 80);
            foreach ((GroupMember first, GroupMember second) in groups)
            {
                await GroupMember.UntilCommittedAsync(later, first, second);
            }

            Assert.Equal(before, groups.Select(group => group.First.Changes + group.Second.Changes));
            foreach ((GroupMember first, GroupMember second) in groups)
            {
                await first.LeaveAsync();
                await second.LeaveAsync();
            }

            foreach (string name in OneOfEachClient)
            {
                await server.RunAsync(Client.KafkaPythonGroups, ["nothing_is_left_to_read", server.Bootstrap, "group of " + name, "work"]);
            }
        }
        finally
        {
            foreach ((GroupMember first, GroupMember second) in groups)
            {
                await first.DisposeAsync();
                await second.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_group_goes_on_where_it_committed_after_its_member_and_the_broker_were_killed()
    {
        await using GroupServer server = await GroupServer.StartAsync(nameof(GroupRestartTests));
        string[] values = await FillAsync(server, 0, 40);
        GroupMember Start(string name) => GroupMember.Start(MemberKind.Of(name), server.Bootstrap, new("group of " + name, ["work"]));
        await Task.WhenAll(OneOfEachClient.Select(async name =>
        {
            await using GroupMember member = Start(name);
            await GroupMember.UntilCommittedAsync(values, member);
            await member.KillAsync();
        }));

        await server.RestartAsync();
        string[] later = await server.ProduceAsync("work", 40, 60);
        await Task.WhenAll(OneOfEachClient.Select(async name =>
        {
            await using GroupMember again = Start(name);
            await GroupMember.UntilReadAsync(later, again);
            string[] twice = [.. again.Records.Select(record => record.Value).Except(later)];
            Assert.True(twice.Length == 0, $"read again: {string.Join(", ", twice)}\n{again.Tail}");
        }));
    }

    [Theory]
    [InlineData("confluent range")]
    [InlineData("kafka-javascript cooperative-sticky")]
    [InlineData("kafka-javascript consumer uniform")]
    public async Task A_static_member_that_is_killed_and_started_again_gets_its_partitions_back_without_a_rebalance(string name)
    {
        MemberKind kind = MemberKind.Of(name);
        await using GroupServer server = await GroupServer.StartAsync(nameof(GroupRestartTests), "Broker:group.consumer.session.timeout.ms=45000");
        string[] values = await FillAsync(server, 0, 20);
        MemberConfig config = new("static", ["work"]) { SessionTimeoutMs = LongSessionMs };
        await using GroupMember stays = GroupMember.Start(kind, server.Bootstrap, config with { Instance = "stays" });
        await using GroupMember ends = GroupMember.Start(kind, server.Bootstrap, config with { Instance = "comes and goes" });
        await GroupMember.UntilSharedAsync(Partitions, stays, ends);
        await GroupMember.UntilReadAsync(values, stays, ends);
        int changes = stays.Changes;
        string[] owned = ends.Assignment;

        // A member of the consumer protocol that did not say that it will be back keeps its instance id until its session ends, so it says so.
        await (kind.Protocol == "consumer" ? ends.LeaveAsync() : ends.KillAsync());
        await using GroupMember again = GroupMember.Start(kind, server.Bootstrap, config with { Instance = "comes and goes" });
        await GroupMember.UntilSharedAsync(Partitions, stays, again);
        Assert.Equal(owned, again.Assignment);
        string[] later = await server.ProduceAsync("work", 20, 60);
        await GroupMember.UntilReadAsync(later, stays, again);
        Assert.Equal(changes, stays.Changes);
    }

    private static async Task<string[]> FillAsync(GroupServer server, int from, int to)
    {
        await server.CreateTopicAsync("work", Partitions);
        return await server.ProduceAsync("work", from, to);
    }
}
