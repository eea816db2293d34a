using GrainStream.Core.Groups.Consumer.Assignors;

namespace GrainStream.Core.Tests.Groups.Consumer.Assignors;

/// <summary>
/// Random groups that members join and leave, whose topics come, grow and go. The seed is in the test's name; a failing one reproduces. That every
/// partition has exactly one owner, who subscribes to its topic, is checked at each step by <see cref="Shares.Assign"/>.
/// </summary>
public sealed class AssignorPropertyTests
{
    public static TheoryData<string, int> Seeds
    {
        get
        {
            var seeds = new TheoryData<string, int>();
            for (int seed = 1; seed <= 100; seed++)
            {
                seeds.Add("range", seed);
                seeds.Add("uniform", seed);
            }

            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Groups_of_mixed_subscriptions_are_served_at_every_step(string name, int seed)
    {
        var random = new Random(seed);
        Assert.True(Assignor.TryFind(name, out Assignor? assignor));
        var group = new Shares(assignor);
        for (int topic = 1; topic <= 8; topic++)
        {
            group.WithTopic(topic, random.Next(0, 12));
        }

        for (int step = 0; step < 40; step++)
        {
            switch (random.Next(6))
            {
                case 0 when group.Members.Count > 0:
                    group.Leave(Any(random, group));
                    break;
                case 1:
                    int grown = random.Next(1, 9);
                    group.WithTopic(grown, group.Partitions[Shares.Topic(grown)] + random.Next(4));
                    break;
                case 2:
                    group.WithTopic(random.Next(1, 9), random.Next(0, 12));
                    break;
                default:
                    group.Join($"m{random.Next(20)}", [.. Enumerable.Range(1, 8).Where(_ => random.Next(2) == 0)]);
                    break;
            }

            group.Assign();
            if (name == "uniform")
            {
                group.AssertLevel();
                Assert.Equal(0, group.Assign());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Equal_subscriptions_are_balanced_and_uniform_moves_no_more_than_it_must(string name, int seed)
    {
        var random = new Random(seed);
        Assert.True(Assignor.TryFind(name, out Assignor? assignor));
        int topics = random.Next(1, 6);
        var group = new Shares(assignor);
        for (int topic = 1; topic <= topics; topic++)
        {
            group.WithTopic(topic, random.Next(1, 30));
        }

        int next = 0;
        for (int step = 0; step < 30; step++)
        {
            bool isLeave = group.Members.Count > 1 && random.Next(2) == 0;
            if (isLeave)
            {
                group.Leave(Any(random, group));
            }
            else
            {
                group.Join($"m{next++}", [.. Enumerable.Range(1, topics)]);
            }

            int moved = group.Assign();
            if (name == "uniform")
            {
                group.AssertLevel();
                int share = group.Partitions.Values.Sum() / group.Members.Count;
                Assert.True(moved <= (isLeave ? 0 : share), $"{moved} partitions moved; seed {seed}, step {step}.");
            }
        }
    }

    private static string Any(Random random, Shares group) => group.Members.ElementAt(random.Next(group.Members.Count)).MemberId;
}
