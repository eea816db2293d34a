namespace GrainStream.Conformance.Tests.Groups;

/// <summary>What groups read: several topics, topics by regular expression, topics that grow, and the same topic as other groups.</summary>
public sealed class SubscriptionTests
{
    [Theory]
    [InlineData("confluent range")]
    [InlineData("kafka-javascript range")]
    [InlineData("kafka-javascript consumer uniform")]
    public async Task Topics_are_found_by_regular_expression_also_those_made_later(string name)
    {
        await using GroupServer server = await GroupServer.StartAsync(nameof(SubscriptionTests));
        await server.CreateTopicAsync("orders-north", 2);
        await server.CreateTopicAsync("payments", 2);
        string[] values = await server.ProduceAsync("orders-north", 0, 10);
        await using GroupMember member = GroupMember.Start(MemberKind.Of(name), server.Bootstrap, new("by name", ["^orders-.*"]));
        await GroupMember.UntilReadAsync(values, member);
        Assert.Equal(["orders-north-0", "orders-north-1"], member.Assignment);

        await server.CreateTopicAsync("orders-south", 2);
        values = await server.ProduceAsync("orders-south", 0, 10);
        await GroupMember.UntilReadAsync(values, member);
        Assert.Equal(["orders-north-0", "orders-north-1", "orders-south-0", "orders-south-1"], member.Assignment);
        await member.LeaveAsync();
    }

    [Theory]
    [InlineData("confluent cooperative-sticky")]
    [InlineData("kafka-python range")]
    [InlineData("kafkajs")]
    [InlineData("kafka-javascript consumer range")]
    public async Task Partitions_added_to_a_topic_are_shared_out_while_its_group_reads(string name)
    {
        await using GroupServer server = await GroupServer.StartAsync(nameof(SubscriptionTests));
        await server.CreateTopicAsync("growing", 2);
        string[] values = await server.ProduceAsync("growing", 0, 10);
        MemberConfig config = new("growing with it", ["growing"]);
        await using GroupMember one = GroupMember.Start(MemberKind.Of(name), server.Bootstrap, config);
        await using GroupMember other = GroupMember.Start(MemberKind.Of(name), server.Bootstrap, config);
        await GroupMember.UntilSharedAsync(2, one, other);
        await GroupMember.UntilReadAsync(values, one, other);

        await server.RunAsync(Client.KafkaPythonGroups, ["partitions_are_added", server.Bootstrap, "growing", "6"]);
        values = await server.ProduceToAsync("growing", 5, 10);
        await GroupMember.UntilSharedAsync(6, one, other);
        await GroupMember.UntilReadAsync(values, one, other);
        await one.LeaveAsync();
        await other.LeaveAsync();
    }

    [Fact]
    public async Task Groups_of_all_clients_and_both_protocols_read_the_same_topics_without_heeding_each_other()
    {
        await using GroupServer server = await GroupServer.StartAsync(nameof(SubscriptionTests));
        await server.CreateTopicAsync("left", 3);
        await server.CreateTopicAsync("right", 2);
        string[] values = [.. await server.ProduceAsync("left", 0, 30), .. await server.ProduceAsync("right", 0, 30)];
        List<GroupMember> members = [];
        try
        {
            foreach (string name in (string[])["confluent roundrobin", "kafka-python roundrobin", "kafkajs", "kafka-javascript consumer uniform"])
            {
                members.Add(GroupMember.Start(MemberKind.Of(name), server.Bootstrap, new("readers with " + name, ["left", "right"])));
            }

            foreach (GroupMember member in members)
            {
                await GroupMember.UntilReadAsync(values, member);
                Assert.Equal(["left-0", "left-1", "left-2", "right-0", "right-1"], member.Assignment);
            }

            int[] before = [.. members.Select(member => member.Changes)];
            await members[0].LeaveAsync();
            string[] later = await server.ProduceAsync("left", 30, 40);
            foreach (GroupMember member in members.Skip(1))
            {
                await GroupMember.UntilReadAsync(later, member);
            }

            Assert.Equal(before.Skip(1), members.Skip(1).Select(member => member.Changes));
        }
        finally
        {
            foreach (GroupMember member in members)
            {
                await member.DisposeAsync();
            }
        }
    }
}
