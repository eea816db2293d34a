using System.Diagnostics;
using GrainStream.Core.Groups.Consumer.Assignors;
using Xunit.Abstractions;

namespace GrainStream.Core.Tests.Groups.Consumer.Assignors;

/// <summary>Large groups: figures to read, and limits so far off that only another order of growth breaks them.</summary>
public sealed class AssignorSpeedTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("uniform", 900, 1, 10)]
    [InlineData("uniform", 900, 90, 10)]
    [InlineData("uniform", 10_000, 100, 100)]
    [InlineData("uniform", 10_000, 1, 1_000)]
    [InlineData("range", 10_000, 100, 100)]
    public void A_large_group_is_assigned_in_a_moment(string name, int partitions, int topics, int members)
    {
        Assert.True(Assignor.TryFind(name, out Assignor? assignor));
        var group = new Shares(assignor);
        for (int topic = 1; topic <= topics; topic++)
        {
            group.WithTopic(topic, partitions / topics);
        }

        for (int member = 0; member < members; member++)
        {
            group.Join($"m{member:0000}", [.. Enumerable.Range(1, topics)]);
        }

        TimeSpan first = Measure(group, assignor);
        group.Assign();
        group.Leave("m0003");
        TimeSpan left = Measure(group, assignor);
        group.Assign();
        group.Join("new", [.. Enumerable.Range(1, topics)]);
        TimeSpan joined = Measure(group, assignor);
        output.WriteLine(
            $"{name}, {partitions} partitions of {topics} topics, {members} members: first {first.TotalMilliseconds:0.0} ms, " +
            $"one left {left.TotalMilliseconds:0.0} ms, one joined {joined.TotalMilliseconds:0.0} ms");
        Assert.True(first + left + joined < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Mixed_subscriptions_cost_members_not_partitions()
    {
        var group = new Shares(Assignor.Uniform);
        for (int topic = 1; topic <= 100; topic++)
        {
            group.WithTopic(topic, 100);
        }

        // All on one member first; then a hundred with different subscriptions come at once.
        group.Join("m0000", [.. Enumerable.Range(1, 100)]);
        group.Assign();
        for (int member = 1; member <= 100; member++)
        {
            group.Join($"m{member:0000}", [.. Enumerable.Range(1, 100).Where(topic => topic % 10 != member % 10)]);
        }

        TimeSpan taken = Measure(group, Assignor.Uniform);
        output.WriteLine($"10,000 partitions from one member to a hundred with ten subscriptions: {taken.TotalMilliseconds:0.0} ms");
        group.Assign();
        group.AssertLevel();
        Assert.True(taken < TimeSpan.FromSeconds(20));
    }

    private static TimeSpan Measure(Shares group, Assignor assignor)
    {
        AssignorMember[] members = [.. group.Members];
        long start = Stopwatch.GetTimestamp();
        assignor.Assign(members, group.Partitions);
        return Stopwatch.GetElapsedTime(start);
    }
}
