using GrainStream.Client.Grouping;

namespace GrainStream.Client.Tests.Grouping;

public sealed class RangeAssignorTests
{
    [Fact]
    public void Each_topic_is_cut_into_runs_in_the_order_of_the_members_and_the_first_get_the_rest()
    {
        IReadOnlyDictionary<string, List<TopicPartition>> assignment = RangeAssignor.Assign(
            new Dictionary<string, (string, IReadOnlyList<string>)>
            {
                ["m2"] = ("m2", ["a", "b"]),
                ["m1"] = ("m1", ["a", "b"]),
                ["m3"] = ("m0", ["b"]),
            },
            new Dictionary<string, int> { ["a"] = 3, ["b"] = 4 });

        Assert.Equal(["a-0", "a-1", "b-2"], assignment["m1"].Select(partition => partition.ToString()));
        Assert.Equal(["a-2", "b-3"], assignment["m2"].Select(partition => partition.ToString()));
        Assert.Equal(["b-0", "b-1"], assignment["m3"].Select(partition => partition.ToString()));
    }

    [Fact]
    public void A_member_beyond_the_partitions_gets_none()
    {
        IReadOnlyDictionary<string, List<TopicPartition>> assignment = RangeAssignor.Assign(
            new Dictionary<string, (string, IReadOnlyList<string>)> { ["m1"] = ("m1", ["a"]), ["m2"] = ("m2", ["a"]), ["m3"] = ("m3", ["gone"]) },
            new Dictionary<string, int> { ["a"] = 1 });
        Assert.Equal((1, 0, 0), (assignment["m1"].Count, assignment["m2"].Count, assignment["m3"].Count));
    }
}
