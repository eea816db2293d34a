using GrainStream.Core.Groups;

namespace GrainStream.Core.Tests.Groups;

/// <summary>The log is the group: whatever happened, replaying the events, or a snapshot, gives the machine that was there.</summary>
public sealed class GroupReplayTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    [Fact]
    public void Replaying_the_log_or_a_snapshot_gives_the_same_group()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var transcript = new GroupTranscript(GroupConfig.Default with { InitialRebalanceDelay = TimeSpan.FromSeconds(random.Next(2)), MaxSize = random.Next(3, 10) });
            string story = $"seed {seed}\n{transcript.Play("> topic orders 4\n> topic payments 2")}";
            for (int i = 0; i < 100; i++)
            {
                story = $"seed {seed}\n{transcript.Play(RandomLine(random))}";
                Group live = transcript.Host.Group;
                byte[][] snapshot = GroupHost.Snapshot(live);
                AssertSame(snapshot, transcript.Host.Replay(transcript.Host.Log), story);
                AssertSame(snapshot, transcript.Host.Replay(snapshot), story);
            }
        }
    }

    private static void AssertSame(byte[][] snapshot, Group replayed, string story)
    {
        byte[][] other = GroupHost.Snapshot(replayed);
        bool isSame = snapshot.Length == other.Length && snapshot.Zip(other).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        Assert.True(isSame, $"Replayed, the group is another.\n{story}");
    }

    private static string RandomLine(Random random)
    {
        string name = Names[random.Next(Names.Length)];
        string topic = random.Next(3) == 0 ? "payments" : "orders";
        return random.Next(24) switch
        {
            < 6 => $"> {name} join{Options(random)}",
            < 10 => $"> {name} sync a=orders:0,1 b=orders:2 c=payments:0 d=payments:1",
            < 12 => $"> {name} heartbeat",
            < 16 => $"> {name} commit {topic}:{random.Next(2)}@{random.Next(100)}{(random.Next(4) == 0 ? " note=x" : "")}{(random.Next(9) == 0 ? " keep=9s" : "")}",
            16 => $"> {name} leave",
            17 => $"> {name} forget {topic}:{random.Next(2)}",
            18 => "> expire offsets",
            19 => random.Next(5) == 0 ? "> restart" : "> log",
            20 => random.Next(5) == 0 ? "> cut and restart" : "> describe",
            21 => random.Next(5) == 0 ? $"> drop payments\n> topic payments 2" : $"> {name} fetch",
            22 => $"> wait {(random.Next(10) == 0 ? "8d" : "1s")}",
            _ => $"> wait {random.Next(12)}s",
        };
    }

    private static string Options(Random random) => random.Next(8) switch
    {
        0 => " id=",
        1 => $" as=shelf-{random.Next(3)} v=5",
        2 => $" id= as=shelf-{random.Next(3)} v=9",
        3 => " topics=orders,payments",
        4 => " protocols=range,sticky",
        5 => " rebalance=10s",
        _ => "",
    };
}
