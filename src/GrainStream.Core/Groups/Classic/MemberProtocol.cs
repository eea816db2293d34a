using GrainStream.Core.Groups.Events;
using GrainStream.Protocol.Messages;

namespace GrainStream.Core.Groups.Classic;

/// <summary>An assignor that a member can work with.</summary>
/// <param name="Name">The assignor's name.</param>
/// <param name="Metadata">What the member tells it.</param>
internal sealed record MemberProtocol(string Name, byte[] Metadata)
{
    public static MemberProtocol[] From(JoinGroupRequest request) =>
        [.. request.Protocols.Select(protocol => new MemberProtocol(protocol.Name, protocol.Metadata))];

    public static MemberProtocol[] From(ClassicGenerationFormed.Member member) =>
        [.. member.Protocols.Select(protocol => new MemberProtocol(protocol.Name, protocol.Metadata))];

    public static MemberProtocol[] From(StaticMemberReplaced replaced) =>
        [.. replaced.Protocols.Select(protocol => new MemberProtocol(protocol.Name, protocol.Metadata))];

    public static bool AreSame(MemberProtocol[] left, MemberProtocol[] right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (left[i].Name != right[i].Name || !left[i].Metadata.AsSpan().SequenceEqual(right[i].Metadata))
            {
                return false;
            }
        }

        return true;
    }
}
