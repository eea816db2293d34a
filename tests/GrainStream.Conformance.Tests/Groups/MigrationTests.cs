namespace GrainStream.Conformance.Tests.Groups;

/// <summary>A group that goes over to the consumer protocol, member by member, while it reads (KIP-848).</summary>
public sealed class MigrationTests
{
    private const int Partitions = 6;

    [Fact]
    public async Task A_live_classic_group_becomes_one_of_the_consumer_protocol_and_goes_back_without_losing_its_place()
    {
        await using GroupServer server = await GroupServer.StartAsync(nameof(MigrationTests));
        MemberKind classic = MemberKind.Of("kafka-javascript cooperative-sticky"), modern = MemberKind.Of("kafka-javascript consumer uniform");
        MemberConfig config = new("moving", ["work"]);
        await server.CreateTopicAsync("work", Partitions);
        string[] values = await server.ProduceAsync("work", 0, 30);
        await using GroupMember old1 = GroupMember.Start(classic, server.Bootstrap, config);
        await using GroupMember old2 = GroupMember.Start(classic, server.Bootstrap, config);
        await GroupMember.UntilSharedAsync(Partitions, old1, old2);
        await GroupMember.UntilReadAsync(values, old1, old2);

        await using GroupMember new1 = GroupMember.Start(modern, server.Bootstrap, config);
        await GroupMember.UntilSharedAsync(Partitions, old1, old2, new1);
        values = [.. values, .. await server.ProduceAsync("work", 30, 60)];
        await GroupMember.UntilReadAsync(values, old1, old2, new1);
        await old1.LeaveAsync();
        await using GroupMember new2 = GroupMember.Start(modern, server.Bootstrap, config);
        await GroupMember.UntilSharedAsync(Partitions, old2, new1, new2);
        await old2.LeaveAsync();
        await GroupMember.UntilSharedAsync(Partitions, new1, new2);
        values = [.. values, .. await server.ProduceAsync("work", 60, 90)];
        await GroupMember.UntilReadAsync(values, old1, old2, new1, new2);

        await using GroupMember back = GroupMember.Start(classic, server.Bootstrap, config);
        await GroupMember.UntilSharedAsync(Partitions, new1, new2, back);
        await new1.LeaveAsync();
        await new2.LeaveAsync();
        await GroupMember.UntilSharedAsync(Partitions, back);
        values = [.. values, .. await server.ProduceAsync("work", 90, 120)];
        await GroupMember.UntilReadAsync(values, old1, old2, new1, new2, back);
        await back.LeaveAsync();
        await server.RunAsync(Client.KafkaPythonGroups, ["nothing_is_left_to_read", server.Bootstrap, "moving", "work"]);
    }
}
