using System.Buffers.Binary;
using GrainStream.Core.Topics;
using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>What members' subscriptions come to with the topics that there are now.</summary>
internal sealed class SubscribedTopics
{
    private readonly Dictionary<TopicSubscription, TopicId[]> _resolved = [];
    private readonly Dictionary<TopicId, int> _partitionCounts = [];
    private readonly TopicCatalog _catalog;

    public SubscribedTopics(TopicCatalog catalog, IEnumerable<ConsumerMember> members)
    {
        _catalog = catalog;
        foreach (ConsumerMember member in members)
        {
            if (!_resolved.ContainsKey(member.Profile.Subscription))
            {
                _resolved.Add(member.Profile.Subscription, Resolve(member.Profile.Subscription));
            }
        }
    }

    /// <summary>Of every topic that some member subscribes to and that exists.</summary>
    public IReadOnlyDictionary<TopicId, int> PartitionCounts => _partitionCounts;

    /// <summary>The topics of one of the members, in order of id. Members that subscribe to the same share the list.</summary>
    public IReadOnlyList<TopicId> Of(ConsumerMember member) => _resolved[member.Profile.Subscription];

    /// <summary>Differs, but for one chance in 2^64, when a topic of <see cref="PartitionCounts"/> comes, goes or grows. FNV-1a over ids and counts, in order of ids.</summary>
    public long Digest()
    {
        const ulong Basis = 14695981039346656037;
        const ulong Prime = 1099511628211;
        ulong digest = Basis;
        Span<byte> bytes = stackalloc byte[16 + sizeof(int)];
        foreach ((TopicId topic, int count) in _partitionCounts.OrderBy(entry => entry.Key.Value))
        {
            topic.Value.TryWriteBytes(bytes, bigEndian: true, out int written);
            BinaryPrimitives.WriteInt32BigEndian(bytes[written..], count);
            foreach (byte value in bytes)
            {
                digest = (digest ^ value) * Prime;
            }
        }

        return unchecked((long)digest);
    }

    private TopicId[] Resolve(TopicSubscription subscription)
    {
        var found = new HashSet<TopicId>();
        foreach (string name in subscription.Names)
        {
            if (_catalog.TryFind(name, out Topic? topic))
            {
                Add(topic, found);
            }
        }

        if (subscription.Pattern is not null && TopicPattern.TryParse(subscription.Pattern, out TopicPattern? pattern, out _))
        {
            foreach (Topic topic in _catalog.All.Where(topic => pattern.Matches(topic.Name)))
            {
                Add(topic, found);
            }
        }

        return [.. found.OrderBy(topic => topic.Value)];
    }

    private void Add(Topic topic, HashSet<TopicId> found)
    {
        found.Add(topic.Id);
        _partitionCounts[topic.Id] = topic.PartitionCount;
    }
}
