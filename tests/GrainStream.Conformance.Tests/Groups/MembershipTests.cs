namespace GrainStream.Conformance.Tests.Groups;

/// <summary>Members that join, leave and are killed, with every client, assignor and protocol.</summary>
public sealed class MembershipTests
{
    private const int Partitions = 6;

    public static TheoryData<string> Kinds => new(MemberKind.All.Select(kind => kind.Name));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Partitions_are_shared_again_when_members_join_leave_and_are_killed_and_no_record_is_skipped(string name)
    {
        MemberKind kind = MemberKind.Of(name);
        await using GroupServer server = await GroupServer.StartAsync(nameof(MembershipTests));
        MemberConfig config = new("workers", ["work"]);
        await server.CreateTopicAsync("work", Partitions);
        string[] values = await server.ProduceAsync("work", 0, 60);

        await using GroupMember first = GroupMember.Start(kind, server.Bootstrap, config);
        await GroupMember.UntilSharedAsync(Partitions, first);
        await using GroupMember second = GroupMember.Start(kind, server.Bootstrap, config);
        await using GroupMember third = GroupMember.Start(kind, server.Bootstrap, config);
        await GroupMember.UntilSharedAsync(Partitions, first, second, third);
        values = [.. values, .. await server.ProduceAsync("work", 60, 120)];
        await GroupMember.UntilReadAsync(values, first, second, third);

        await second.LeaveAsync();
        await GroupMember.UntilSharedAsync(Partitions, first, third);
        await third.KillAsync();
        await GroupMember.UntilSharedAsync(Partitions, first);
        values = [.. values, .. await server.ProduceAsync("work", 120, 180)];
        await GroupMember.UntilReadAsync(values, first, second, third);
        await first.LeaveAsync();

        await server.RunAsync(Client.KafkaPythonGroups, ["nothing_is_left_to_read", server.Bootstrap, "workers", "work"]);
    }
}
