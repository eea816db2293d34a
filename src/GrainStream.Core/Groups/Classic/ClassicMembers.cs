using GrainStream.Protocol;

namespace GrainStream.Core.Groups.Classic;

/// <summary>The members of a classic group: by id and by instance, the leader, what they have in common; and those who were given an id but have not come back with it.</summary>
internal sealed class ClassicMembers
{
    private readonly SortedDictionary<string, ClassicMember> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byInstance = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _pending = new(StringComparer.Ordinal);

    public int Count => _byId.Count;

    /// <summary>In order of id.</summary>
    public IReadOnlyCollection<ClassicMember> All => _byId.Values;

    /// <summary>The member that makes the assignment; null without members.</summary>
    public string? LeaderId { get; set; }

    /// <summary>Ids given out (KIP-394), and until when they are waited for.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Pending => _pending;

    /// <summary>The longest that a member may take to join again.</summary>
    public TimeSpan RebalanceTimeout => Count == 0 ? TimeSpan.Zero : All.Max(member => member.RebalanceTimeout);

    public int AwaitingJoin => All.Count(member => member.AwaitsJoin);

    /// <summary>Nobody is left to wait for.</summary>
    public bool HaveAllJoined => _pending.Count == 0 && All.All(member => member.AwaitsJoin);

    public bool Contains(string memberId) => _byId.ContainsKey(memberId);

    public ClassicMember? Find(string memberId) => _byId.GetValueOrDefault(memberId);

    public string? FindInstance(string? instanceId) => instanceId is null ? null : _byInstance.GetValueOrDefault(instanceId);

    public bool IsPending(string memberId) => _pending.ContainsKey(memberId);

    public void AddPending(string memberId, TimeSpan deadline) => _pending[memberId] = deadline;

    public bool RemovePending(string memberId) => _pending.Remove(memberId);

    public void Add(ClassicMember member)
    {
        Invariant.Require(_byId.TryAdd(member.Id, member), $"Member {member.Id} is in the group already.");
        if (member.InstanceId is { } instance)
        {
            Invariant.Require(_byInstance.TryAdd(instance, member.Id), $"Static member {instance} is in the group already.");
        }

        LeaderId ??= member.Id;
        _pending.Remove(member.Id);
    }

    public void Remove(ClassicMember member)
    {
        _byId.Remove(member.Id);
        if (member.InstanceId is { } instance)
        {
            _byInstance.Remove(instance);
        }

        if (LeaderId == member.Id)
        {
            LeaderId = All.FirstOrDefault()?.Id;
        }
    }

    /// <summary>Puts the member of the same instance in the place of the old one, also as leader.</summary>
    public void Replace(ClassicMember old, ClassicMember member)
    {
        bool wasLeader = LeaderId == old.Id;
        Remove(old);
        Add(member);
        LeaderId = wasLeader ? member.Id : LeaderId;
    }

    public void Clear()
    {
        _byId.Clear();
        _byInstance.Clear();
        _pending.Clear();
        LeaderId = null;
    }

    /// <summary>Whether somebody who says to be this member is it.</summary>
    public ErrorCode Validate(string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            string? current = FindInstance(instanceId);
            if (current != memberId)
            {
                return current is null ? ErrorCode.UnknownMemberId : ErrorCode.FencedInstanceId;
            }
        }

        return Contains(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    /// <summary>All members can work with one of these.</summary>
    public bool Support(IEnumerable<MemberProtocol> protocols) => protocols.Any(protocol => All.All(member => member.Supports(protocol.Name)));

    /// <summary>Each member votes for the first of its protocols that all support; most votes win, of equals the first by name.</summary>
    public string SelectProtocol()
    {
        var votes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (ClassicMember member in All)
        {
            string? vote = member.Protocols.Select(protocol => protocol.Name).FirstOrDefault(name => All.All(other => other.Supports(name)));
            Invariant.Require(vote is not null, "The members share no protocol.");
            votes[vote] = votes.GetValueOrDefault(vote) + 1;
        }

        return votes.MaxBy(entry => entry.Value).Key;
    }

    /// <summary>Whether somebody leads who has joined; if the leader has not, the first who has becomes it.</summary>
    public bool HasJoinedLeader()
    {
        if (LeaderId is null)
        {
            return false;
        }

        if (!_byId[LeaderId].AwaitsJoin)
        {
            string? joined = All.FirstOrDefault(member => member.AwaitsJoin)?.Id;
            LeaderId = joined ?? LeaderId;
            return joined is not null;
        }

        return true;
    }
}
