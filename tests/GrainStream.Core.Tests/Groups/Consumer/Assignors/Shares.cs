using GrainStream.Core.Groups.Consumer;
using GrainStream.Core.Groups.Consumer.Assignors;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Groups.Consumer.Assignors;

/// <summary>A group as an assignor sees it, changed step by step; every assignment is checked for what must always hold.</summary>
internal sealed class Shares
{
    private readonly SortedDictionary<string, AssignorMember> _members = new(StringComparer.Ordinal);
    private readonly Assignor _assignor;

    public Shares(Assignor assignor) => _assignor = assignor;

    public Dictionary<TopicId, int> Partitions { get; } = [];

    public IReadOnlyCollection<AssignorMember> Members => _members.Values;

    /// <summary>The id of the topic with this number; ids are in order of numbers.</summary>
    public static TopicId Topic(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public Shares WithTopic(int number, int partitions)
    {
        Partitions[Topic(number)] = partitions;
        return this;
    }

    public Shares Join(string member, params int[] topics) => JoinStatic(member, null, topics);

    public Shares JoinStatic(string member, string? instance, params int[] topics)
    {
        PartitionSet current = _members.TryGetValue(member, out AssignorMember? old) ? old.Current : PartitionSet.Empty;
        _members[member] = new AssignorMember(member, instance, [.. topics.Select(Topic)], current);
        return this;
    }

    public void Leave(string member) => _members.Remove(member);

    public PartitionSet Of(string member) => _members[member].Current;

    /// <summary>What a member has, as text: <c>1:0,1 2:0</c>.</summary>
    public string TextOf(string member) => string.Join(' ', Of(member).Topics.ToArray().Select(topic => $"{NumberOf(topic.Topic)}:{string.Join(',', topic.Indexes)}"));

    /// <summary>Assigns anew and returns how many partitions went from one member that is still there to another.</summary>
    public int Assign()
    {
        Dictionary<PartitionId, string> before = Owners();
        Dictionary<string, PartitionSet> result = _assignor.Assign([.. _members.Values], Partitions);
        Assert.Equal(_members.Keys, result.Keys.Order(StringComparer.Ordinal));
        foreach ((string member, PartitionSet assigned) in result)
        {
            _members[member] = _members[member] with { Current = assigned };
        }

        AssertEachPartitionHasOneSubscribedOwner();
        return Owners().Count(owner => before.TryGetValue(owner.Key, out string? old) && old != owner.Value);
    }

    public void AssertLevel()
    {
        foreach (AssignorMember more in _members.Values)
        {
            foreach (AssignorMember less in _members.Values.Where(less => less.Current.Count <= more.Current.Count - 2))
            {
                Assert.False(
                    more.Current.Topics.ToArray().Any(topic => less.Topics.Contains(topic.Topic)),
                    $"{more.MemberId} has {more.Current.Count} partitions, some of which {less.MemberId} with {less.Current.Count} could have.");
            }
        }
    }

    private static int NumberOf(TopicId topic) => BitConverter.ToInt32(topic.Value.ToByteArray(), 0);

    private Dictionary<PartitionId, string> Owners()
    {
        var owners = new Dictionary<PartitionId, string>();
        foreach (AssignorMember member in _members.Values)
        {
            foreach (PartitionId partition in member.Current)
            {
                Assert.True(owners.TryAdd(partition, member.MemberId), $"{partition} has two owners.");
            }
        }

        return owners;
    }

    private void AssertEachPartitionHasOneSubscribedOwner()
    {
        Dictionary<PartitionId, string> owners = Owners();
        HashSet<TopicId> subscribed = [.. _members.Values.SelectMany(member => member.Topics)];
        foreach (TopicId topic in subscribed)
        {
            for (int index = 0; index < Partitions[topic]; index++)
            {
                Assert.True(owners.Remove(new PartitionId(topic, index), out string? owner), $"Nobody has {topic}-{index}.");
                Assert.Contains(topic, _members[owner].Topics);
            }
        }

        Assert.Empty(owners);
    }
}
