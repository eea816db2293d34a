using GrainStream.Core.Groups.Consumer.Assignors;

namespace GrainStream.Core.Tests.Groups.Consumer.Assignors;

public sealed class RangeAssignorTests
{
    [Fact]
    public void Topics_of_equal_size_are_shared_out_alike()
    {
        Shares group = new Shares(Assignor.Range).WithTopic(1, 3).WithTopic(2, 3).Join("A", 1, 2).Join("B", 1, 2);
        group.Assign();

        Assert.Equal("1:0,1 2:0,1", group.TextOf("A"));
        Assert.Equal("1:2 2:2", group.TextOf("B"));
    }

    [Fact]
    public void A_topic_goes_to_its_subscribers_only()
    {
        Shares group = new Shares(Assignor.Range).WithTopic(1, 4).WithTopic(2, 3).Join("A", 1).Join("B", 1, 2).Join("C", 2);
        group.Assign();

        Assert.Equal("1:0,1", group.TextOf("A"));
        Assert.Equal("1:2,3 2:0,1", group.TextOf("B"));
        Assert.Equal("2:2", group.TextOf("C"));
    }

    [Fact]
    public void Members_beyond_the_number_of_partitions_stand_by()
    {
        Shares group = new Shares(Assignor.Range).WithTopic(1, 2).Join("A", 1).Join("B", 1).Join("C", 1);
        group.Assign();

        Assert.Equal("", group.TextOf("C"));
    }

    [Fact]
    public void A_static_member_gets_the_same_range_under_a_new_member_id()
    {
        Shares group = new Shares(Assignor.Range).WithTopic(1, 4).JoinStatic("A", "one", 1).JoinStatic("B", "two", 1);
        group.Assign();
        string before = group.TextOf("A");
        group.Leave("A");
        group.JoinStatic("Z", "one", 1);
        group.Assign();

        Assert.Equal(before, group.TextOf("Z"));
    }
}
