using GrainStream.Core.Groups.Events;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Classic;

/// <summary>What moved between two generations, where the assignments are those of consumers.</summary>
internal static class ClassicMoves
{
    /// <summary>Members whose partitions changed, in order of id. Empty if an assignment cannot be read.</summary>
    public static IReadOnlyList<MemberMove> Between(ClassicGenerationFormed? before, ClassicGenerationFormed after)
    {
        if (after.ProtocolType != EmbeddedConsumerCodec.ProtocolType || (before?.ProtocolType ?? after.ProtocolType) != after.ProtocolType)
        {
            return [];
        }

        var moves = new List<MemberMove>();
        Dictionary<string, ClassicGenerationFormed.Member> gone = (before?.Members ?? []).ToDictionary(member => member.MemberId, StringComparer.Ordinal);
        foreach (ClassicGenerationFormed.Member member in after.Members)
        {
            gone.Remove(member.MemberId, out ClassicGenerationFormed.Member? was);
            Add(moves, member, Read(was?.Assignment), Read(member.Assignment));
        }

        foreach (ClassicGenerationFormed.Member member in gone.Values)
        {
            Add(moves, member, Read(member.Assignment), []);
        }

        return [.. moves.OrderBy(move => move.MemberId, StringComparer.Ordinal)];
    }

    private static void Add(List<MemberMove> moves, ClassicGenerationFormed.Member member, HashSet<PartitionName> before, HashSet<PartitionName> after)
    {
        PartitionName[] gained = InOrder(after.Except(before));
        PartitionName[] lost = InOrder(before.Except(after));
        if (gained.Length + lost.Length > 0)
        {
            moves.Add(new MemberMove(member.MemberId, member.ClientId, member.ClientHost, gained, lost));
        }
    }

    private static PartitionName[] InOrder(IEnumerable<PartitionName> partitions) =>
        [.. partitions.OrderBy(partition => partition.Topic, StringComparer.Ordinal).ThenBy(partition => partition.Index)];

    private static HashSet<PartitionName> Read(byte[]? bytes) =>
        bytes is not null && EmbeddedConsumerCodec.TryReadAssignment(bytes, out ConsumerProtocolAssignment? assignment)
            ? [.. assignment.AssignedPartitions.SelectMany(topic => topic.Partitions.Select(index => new PartitionName(topic.Topic, index)))]
            : [];
}
