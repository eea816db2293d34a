using GrainStream.Core.Groups.Classic;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>What a consumer group knows of a member that speaks the classic protocol (KIP-848, migration). Immutable.</summary>
/// <param name="SessionTimeout">How long it may be silent; its own choice, unlike in the consumer protocol.</param>
/// <param name="Protocols">Assignors that it can work with and what it tells them; at least one, the one it likes best first. Kept for the day when the group becomes classic again.</param>
internal sealed record ClassicSide(TimeSpan SessionTimeout, MemberProtocol[] Protocols)
{
    public bool Equals(ClassicSide? other) =>
        other is not null
        && SessionTimeout == other.SessionTimeout
        && MemberProtocol.AreSame(Protocols, other.Protocols);

    public override int GetHashCode() => HashCode.Combine(SessionTimeout, Protocols.Length);

    public bool Supports(string protocol) => Array.Exists(Protocols, own => own.Name == protocol);
}
