using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GrainStream.Core.Groups;
using GrainStream.Core.Groups.Offsets;
using GrainStream.Core.Tests.Topics;
using GrainStream.Core.Topics;
using GrainStream.Protocol;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Tests.Groups;

/// <summary>
/// Plays a script against one group and writes what happened below each line, so that a rebalance reads as a story. Lines that begin with "&gt;" are the script; the test compares the whole.
/// <code>
/// &gt; a join as=shelf-1 v=9 protocols=range,sticky topics=orders session=10s rebalance=60s id=x   all but the name may be left out; "a" keeps its member id and generation
/// &gt; a sync a=orders:0,1 b=orders:2          the leader's assignment; nothing from the others
/// &gt; a heartbeat | leave | commit orders:0@5 | fetch orders:0 | forget orders:0      with id=, gen=, as= in place of what the client knows
/// &gt; wait 3s | restart | cut and restart | describe | log | expire offsets | delete
/// &gt; topic orders 3 | drop orders
/// </code>
/// </summary>
internal sealed partial class GroupTranscript
{
    private readonly Dictionary<string, ScriptedMember> _members = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();
    private readonly List<string> _events = [];
    private int _rebalancesTold;

    public GroupTranscript(GroupConfig? config = null)
    {
        Host = new GroupHost(config) { OnEvent = groupEvent => _events.Add(groupEvent.GetType().Name) };
    }

    public GroupHost Host { get; }

    /// <summary>Plays the script and checks that it went as written.</summary>
    public static void Check(string script, GroupConfig? config = null)
    {
        var transcript = new GroupTranscript(config);
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
                Tell($"= generation {rebalance.Generation}, {rebalance.MemberCount} members, because {rebalance.Reason}: {rebalance.MovesText()}");
            }

            _rebalancesTold = Host.Rebalances.Count;
        }

        return _text.ToString().Trim();
    }

    private void Do(string[] words)
    {
        switch (words[0])
        {
            case "wait":
                Host.Advance(Duration(words[1]));
                break;
            case "restart":
                Host.Restart();
                break;
            case "cut":
                Host.RestartFromSnapshot();
                break;
            case "topic":
                SetTopic(words[1], int.Parse(words[2], CultureInfo.InvariantCulture));
                break;
            case "drop":
                Host.Topics.Do(Host.Topics.DecideDelete(words[1]));
                Host.Do(Host.Group.TopicsChanged);
                break;
            case "describe":
                Describe();
                break;
            case "log":
                Tell($"log: {string.Join(", ", _events)}");
                _events.Clear();
                break;
            case "expire":
                Host.Do(Host.Group.ExpireOffsets);
                Tell($"{Host.Group.CommittedOffsets.Count} offsets{(Host.Group.IsForgettable ? ", forgettable" : "")}");
                break;
            case "delete":
                Host.Do(step => Host.Group.Delete(step, error => Tell($"deleted: {error}")));
                break;
            default:
                Member(words[0], words[1], words[2..]);
                break;
        }
    }

    private void Member(string name, string verb, string[] words)
    {
        if (!_members.TryGetValue(name, out ScriptedMember? member))
        {
            _members[name] = member = new ScriptedMember(name);
        }

        member.Read(words);
        var client = new GroupClient(name, $"/{name}", member.Version);
        switch (verb)
        {
            case "join":
                Host.Do(step => Host.Group.Join(step, member.Join(), client, response => Joined(member, response)));
                break;
            case "sync":
                Host.Do(step => Host.Group.Sync(step, member.Sync(words, _members), client, response =>
                    Tell(response.ErrorCode == ErrorCode.None ? $"{name} works on {ScriptedMember.Assignment(response.Assignment)}" : $"{name} sync: {response.ErrorCode}")));
                break;
            case "heartbeat":
                Host.Do(step => Host.Group.Heartbeat(step, member.Heartbeat(), client, response => Tell($"{name} heartbeat: {response.ErrorCode}")));
                break;
            case "leave":
                Host.Do(step => Host.Group.Leave(step, member.Leave(), client, response =>
                    Tell($"{name} left: {string.Join(", ", response.Members.Select(left => left.ErrorCode).DefaultIfEmpty(response.ErrorCode))}")));
                break;
            case "commit":
                Commit(member, words.First(word => word.Contains('@', StringComparison.Ordinal)), words);
                break;
            case "fetch":
                Host.Do(step => Host.Group.FetchOffsets(step, new FetchOffsets(words.Length == 0 ? null : [Partition(words[0])]), fetched => Tell($"{name} finds {Offsets(fetched)}")));
                break;
            case "forget":
                Host.Do(step => Host.Group.DeleteOffsets(step, [Partition(words[0])], deleted => Tell($"{name} forgets: {string.Join(", ", deleted.Partitions.DefaultIfEmpty(deleted.Error))}")));
                break;
            default:
                Assert.Fail($"The script says {verb}, which nobody understands.");
                break;
        }
    }

    private void Joined(ScriptedMember member, JoinGroupResponse response)
    {
        member.Learn(response);
        if (response.ErrorCode != ErrorCode.None)
        {
            Tell($"{member.Name} join: {response.ErrorCode}{(response.MemberId.Length == 0 ? "" : $" as {response.MemberId}")}");
            return;
        }

        string role = response.Leader != response.MemberId ? "follows"
            : $"leads {string.Join(' ', response.Members.Select(other => other.MemberId))}{(response.SkipAssignment ? " and need not assign" : "")}";
        Tell($"{member.Name} in generation {response.GenerationId} as {response.MemberId}, {response.ProtocolName}, {role}");
    }

    private void Commit(ScriptedMember member, string what, string[] words)
    {
        string[] parts = what.Split('@');
        string metadata = words.FirstOrDefault(word => word.StartsWith("note=", StringComparison.Ordinal))?[5..] ?? "";
        string? keep = words.FirstOrDefault(word => word.StartsWith("keep=", StringComparison.Ordinal))?[5..];
        var commit = new CommitOffsets(
            member.Id,
            member.Generation,
            member.Instance,
            member.Version,
            keep is null ? null : (long)Duration(keep).TotalMilliseconds,
            [new OffsetToCommit(Partition(parts[0]), new Offset(long.Parse(parts[1], CultureInfo.InvariantCulture)), -1, metadata)]);
        Host.Do(step => Host.Group.Commit(step, commit, outcomes => Tell($"{member.Name} commit: {outcomes[0]}")));
    }

    private void Describe()
    {
        Host.Do(step =>
        {
            DescribeGroupsResponse.DescribedGroup group = Host.Group.Describe(step, version: 6);
            Tell($"{group.GroupState} {group.ProtocolType} {group.ProtocolData}".TrimEnd());
            foreach (DescribeGroupsResponse.DescribedGroupMember member in group.Members)
            {
                Tell($"  {member.MemberId} {member.GroupInstanceId} {member.ClientId} {member.ClientHost} {ScriptedMember.Assignment(member.MemberAssignment)}".Replace("  ", " ", StringComparison.Ordinal));
            }
        });
    }

    private void SetTopic(string name, int partitions)
    {
        if (Host.Topics.TryFind(name, out _))
        {
            Host.Topics.Do(Host.Topics.DecideAddPartitions(name, partitions, []));
        }
        else
        {
            Host.Topics.Create(name, partitions);
        }

        Host.Do(Host.Group.TopicsChanged);
    }

    private string Offsets(FetchedOffsets fetched) => fetched.Error != ErrorCode.None
        ? fetched.Error.ToString()
        : string.Join(' ', fetched.Offsets.Select(offset =>
            $"{(Host.Topics.TryFind(offset.Partition.Topic, out Topic? topic) ? topic.Name : "?")}:{offset.Partition.Index}@{offset.Committed?.Offset.ToString() ?? "nothing"}{offset.Committed?.Metadata}")
            .DefaultIfEmpty("nothing"));

    private PartitionId Partition(string text)
    {
        string[] parts = text.Split(':');
        Assert.True(Host.Topics.TryFind(parts[0], out Topic? topic), $"There is no topic {parts[0]}.");
        return new PartitionId(topic.Id, int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static TimeSpan Duration(string text) => text[^1] switch
    {
        's' => TimeSpan.FromSeconds(double.Parse(text[..^1], CultureInfo.InvariantCulture)),
        'm' => TimeSpan.FromMinutes(double.Parse(text[..^1], CultureInfo.InvariantCulture)),
        _ => TimeSpan.FromDays(double.Parse(text[..^1], CultureInfo.InvariantCulture)),
    };

    // Ids that the group makes end in a GUID that counts up: its number is enough.
    private void Tell(string line) =>
        _text.Append(FreshId().Replace(line, match => int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture))).Append('\n');

    [GeneratedRegex("00000000-0000-0000-0000-00000000([0-9a-f]{4})")]
    private static partial Regex FreshId();
}
