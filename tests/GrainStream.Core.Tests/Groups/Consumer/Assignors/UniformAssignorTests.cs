using GrainStream.Core.Groups.Consumer.Assignors;

namespace GrainStream.Core.Tests.Groups.Consumer.Assignors;

public sealed class UniformAssignorTests
{
    [Fact]
    public void Every_topic_spreads_over_the_members()
    {
        Shares group = new Shares(Assignor.Uniform).WithTopic(1, 4).WithTopic(2, 4).Join("A", 1, 2).Join("B", 1, 2);
        group.Assign();

        Assert.Equal("1:0,2 2:0,2", group.TextOf("A"));
        Assert.Equal("1:1,3 2:1,3", group.TextOf("B"));
    }

    [Fact]
    public void A_member_that_joins_gets_some_of_every_topic()
    {
        Shares group = new Shares(Assignor.Uniform).WithTopic(1, 4).WithTopic(2, 4).Join("A", 1, 2);
        group.Assign();
        group.Join("B", 1, 2);

        Assert.Equal(4, group.Assign());
        Assert.Equal("1:2,3 2:2,3", group.TextOf("B"));
    }

    [Fact]
    public void A_member_that_leaves_moves_only_its_partitions()
    {
        Shares group = Hundred(partitionsPerTopic: 90, topics: 10, members: 10);
        group.Assign();
        group.Leave("m003");

        Assert.Equal(0, group.Assign());
        group.AssertLevel();
    }

    [Fact]
    public void A_member_that_joins_moves_only_its_share()
    {
        Shares group = Hundred(partitionsPerTopic: 90, topics: 10, members: 9);
        group.Assign();
        group.Join("new", [.. Enumerable.Range(1, 10)]);

        Assert.Equal(90, group.Assign());
        Assert.Equal(90, group.Of("new").Count);
    }

    [Fact]
    public void Partitions_added_to_a_topic_move_none_that_were_there()
    {
        Shares group = new Shares(Assignor.Uniform).WithTopic(1, 5).Join("A", 1).Join("B", 1);
        group.Assign();
        group.WithTopic(1, 8);

        Assert.Equal(0, group.Assign());
        group.AssertLevel();
    }

    [Fact]
    public void A_chain_of_hand_overs_levels_what_no_single_one_could()
    {
        // A has four of topic 1, B may take those but is full of topic 2, which C may take.
        Shares group = new Shares(Assignor.Uniform).WithTopic(1, 4).WithTopic(2, 2).Join("A", 1).Join("C", 3).WithTopic(3, 0);
        group.Assign();
        group.Join("B", 1, 2);
        group.Assign();
        group.Join("C", 2, 3);
        group.Assign();

        Assert.Equal(2, group.Of("A").Count);
        Assert.Equal(2, group.Of("B").Count);
        Assert.Equal(2, group.Of("C").Count);
    }

    [Fact]
    public void A_member_without_topics_gets_nothing_and_harms_nobody()
    {
        Shares group = new Shares(Assignor.Uniform).WithTopic(1, 3).Join("A", 1).Join("B");
        group.Assign();

        Assert.Equal(3, group.Of("A").Count);
        Assert.Empty(group.Of("B"));
    }

    private static Shares Hundred(int partitionsPerTopic, int topics, int members)
    {
        var group = new Shares(Assignor.Uniform);
        for (int topic = 1; topic <= topics; topic++)
        {
            group.WithTopic(topic, partitionsPerTopic);
        }

        for (int member = 0; member < members; member++)
        {
            group.Join($"m{member:000}", [.. Enumerable.Range(1, topics)]);
        }

        return group;
    }
}
