using System.Globalization;
using System.Text;
using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Tests.Topics;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups.Consumer;

/// <summary>
/// Plays a script of consumer-protocol members, and classic ones among them, against one group and writes what happened below each line, so that a reconciliation reads as a story.
/// Lines that begin with "&gt;" are the script; the test compares the whole. After each line a group made from the log's bytes is compared with the live one.
/// <code>
/// &gt; a join orders,bills as=shelf-1 re=^o.* assignor=range patience=60s     epoch 0; "a" keeps what it is told
/// &gt; a beat | ack | full            a heartbeat that says nothing; that it has done as it was told; everything there is to say
/// &gt; a leave | pause | commit orders:0@5 | fetch orders:0         with epoch=, owns=orders:0,1 v= in place of what the client knows; "paced" tells the interval
/// &gt; k cjoin orders session=10s | csync | cbeat | cleave          the same member in the classic protocol; "owns=" in cjoin
/// &gt; wait 3s | restart | cut and restart | describe | events | topic orders 3 | drop orders | quietly topic orders 3 (the group is not told)
/// </code>
/// </summary>
internal sealed class ConsumerTranscript
{
    private readonly SortedDictionary<string, ScriptedConsumer> _members = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();
    private readonly List<string> _events = [];
    private int _rebalancesTold;
    private int _topicIds;

    public ConsumerTranscript(GroupConfig? config = null)
    {
        Host = new GroupHost(config) { OnEvent = groupEvent => _events.Add(groupEvent.GetType().Name) };
    }

    public GroupHost Host { get; }

    /// <summary>Plays the script and checks that it went as written.</summary>
    public static void Check(string script, GroupConfig? config = null)
    {
        var transcript = new ConsumerTranscript(config);
        Assert.Equal(script.ReplaceLineEndings("\n").Trim(), transcript.Play(script));
    }

    public string Play(string script)
    {
        foreach (string line in script.ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith('>')))
        {
            _text.Append(line).Append('\n');
            Do(line[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            foreach (Rebalance rebalance in Host.Rebalances.Skip(_rebalancesTold))
            {
                Tell($"= {rebalance.Generation}, {rebalance.MemberCount} members, because {rebalance.Reason}: {rebalance.MovesText()}");
            }

            _rebalancesTold = Host.Rebalances.Count;
            ConsumerState.AssertDurable(Host);
        }

        return _text.ToString().Trim();
    }

    private void Do(string[] words)
    {
        switch (words[0])
        {
            case "wait":
                Host.Advance(ScriptedConsumer.Duration(words[1]));
                break;
            case "restart":
                Host.Restart();
                break;
            case "cut":
                Host.RestartFromSnapshot();
                break;
            case "quietly":
                SetTopic(words[2], int.Parse(words[3], CultureInfo.InvariantCulture));
                break;
            case "topic":
                SetTopic(words[1], int.Parse(words[2], CultureInfo.InvariantCulture));
                Host.Do(Host.Group.TopicsChanged);
                break;
            case "drop":
                Host.Topics.Do(Host.Topics.DecideDelete(words[1]));
                Host.Do(Host.Group.TopicsChanged);
                break;
            case "describe":
                Describe();
                break;
            case "events":
                Tell($"events: {string.Join(", ", _events.DefaultIfEmpty("none"))}");
                _events.Clear();
                break;
            default:
                Member(words[0], words[1], words[2..]);
                break;
        }
    }

    private void Member(string name, string verb, string[] words)
    {
        if (!_members.TryGetValue(name, out ScriptedConsumer? member))
        {
            _members[name] = member = new ScriptedConsumer(name, Host.Topics);
        }

        member.Read(words);
        var client = new GroupClient(name, $"/{name}", member.Version);
        if (member.HeartbeatFor(verb) is { } heartbeat)
        {
            Host.Do(step => Host.Group.ConsumerHeartbeat(step, heartbeat, client, response => Told(member, response, words.Contains("paced"))));
            return;
        }

        switch (verb)
        {
            case "cjoin":
                Host.Do(step => Host.Group.Join(step, member.ClassicJoin(), client, response => Joined(member, response)));
                break;
            case "csync":
                Host.Do(step => Host.Group.Sync(step, member.ClassicSync(words, _members), client, response => Tell(
                    response.ErrorCode == ErrorCode.None ? $"{name} works on {member.Learn(response)}" : $"{name} sync: {response.ErrorCode}")));
                break;
            case "cbeat":
                Host.Do(step => Host.Group.Heartbeat(step, member.ClassicHeartbeat(), client, response => Tell($"{name} heartbeat: {response.ErrorCode}")));
                break;
            case "cleave":
                Host.Do(step => Host.Group.Leave(step, member.ClassicLeave(), client, response =>
                    Tell($"{name} left: {string.Join(", ", response.Members.Select(left => left.ErrorCode).DefaultIfEmpty(response.ErrorCode))}")));
                break;
            case "commit":
                Commit(member, words.First(word => word.Contains('@', StringComparison.Ordinal)).Split('@'));
                break;
            case "fetch":
                var fetch = new FetchOffsets([member.Partition(words[0])], member.Id, member.Epoch);
                Host.Do(step => Host.Group.FetchOffsets(step, fetch, fetched => Tell(
                    $"{name} finds {(fetched.Error == ErrorCode.None ? fetched.Offsets[0].Committed?.Offset.ToString() ?? "nothing" : fetched.Error.ToString())}")));
                break;
            default:
                Assert.Fail($"The script says {verb}, which nobody understands.");
                break;
        }
    }

    private void Told(ScriptedConsumer member, ConsumerGroupHeartbeatResponse response, bool isPaced)
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            Tell($"{member.Name}: {response.ErrorCode}: {response.ErrorMessage}");
            return;
        }

        string told = member.Learn(response) is { } assigned ? $", to own {assigned}" : "";
        string pace = isPaced ? $", next in {response.HeartbeatIntervalMs} ms" : "";
        Tell($"{member.Name} at {response.MemberEpoch}{told}{pace}");
    }

    private void Joined(ScriptedConsumer member, JoinGroupResponse response)
    {
        member.Learn(response);
        Tell(response.ErrorCode != ErrorCode.None
            ? $"{member.Name} join: {response.ErrorCode}{(response.MemberId.Length == 0 ? "" : $" as {response.MemberId}")}"
            : $"{member.Name} in generation {response.GenerationId} as {response.MemberId}, {response.ProtocolName}{(response.Leader == response.MemberId ? ", leads" : "")}");
    }

    private void Commit(ScriptedConsumer member, string[] parts)
    {
        var commit = new CommitOffsets(
            member.Id,
            member.Epoch,
            member.Instance,
            member.CommitVersion,
            null,
            [new OffsetToCommit(member.Partition(parts[0]), new Offset(long.Parse(parts[1], CultureInfo.InvariantCulture)), -1, "")]);
        Host.Do(step => Host.Group.Commit(step, commit, outcomes => Tell($"{member.Name} commit: {outcomes[0]}")));
    }

    private void Describe() => Host.Do(step =>
    {
        GroupOverview overview = Host.Group.Overview;
        if (overview.Type == GroupType.Classic)
        {
            Tell($"classic group, {overview.State}, generation {overview.Generation}, {overview.Members} members");
            return;
        }

        ConsumerGroupDescribeResponse.DescribedGroup group = Host.Group.DescribeConsumer(step, version: 1);
        Assert.Equal(overview.State.ToString(), group.GroupState);
        Tell($"{group.GroupState} at {group.GroupEpoch}, assigned for {group.AssignmentEpoch} by {group.AssignorName}");
        foreach (ConsumerGroupDescribeResponse.Member member in group.Members)
        {
            string kind = $"{(member.InstanceId is null ? "" : $" ({member.InstanceId})")}{(member.MemberType == 0 ? " (classic)" : "")}";
            Tell($"  {member.MemberId}{kind} at {member.MemberEpoch} owns {Text(member.Assignment)}; to own {Text(member.TargetAssignment)}");
        }
    });

    private void SetTopic(string name, int partitions)
    {
        if (Host.Topics.TryFind(name, out _))
        {
            Host.Topics.Do(Host.Topics.DecideAddPartitions(name, partitions, []));
        }
        else
        {
            // Ids that count up, so that what is in their order is the same each time.
            Host.Topics.Do(Host.Topics.DecideCreate(new CreateTopic(name, new TopicId(new Guid(++_topicIds, 0, 0, new byte[8]))) { Partitions = partitions }));
        }
    }

    private static string Text(ConsumerGroupDescribeResponse.MemberAssignment assignment) => string.Join(
        ' ', assignment.TopicPartitions.OrderBy(topic => topic.TopicName, StringComparer.Ordinal).Select(topic => $"{topic.TopicName}:{string.Join(',', topic.Partitions)}").DefaultIfEmpty("nothing"));

    // Ids that the group makes are GUIDs that count up from 1.
    private void Tell(string line) => _text.Append(line.Replace("00000000-0000-0000-0000-0000000000", "", StringComparison.Ordinal)).Append('\n');
}
