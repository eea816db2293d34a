namespace GrainStream.Client.Grouping;

/// <summary>A group and its members.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">Such as Stable or Empty.</param>
/// <param name="Type">classic or consumer.</param>
/// <param name="Assignor">Who assigns partitions, such as range; empty text if nobody yet.</param>
/// <param name="Epoch">Epoch of a group of the consumer protocol; null for a classic one, which does not tell its generation.</param>
/// <param name="Coordinator">The broker that looks after it.</param>
/// <param name="Members">Those it has now.</param>
public sealed record GroupDescription(
    string Id, string State, string Type, string Assignor, int? Epoch, BrokerAddress Coordinator, IReadOnlyList<GroupMember> Members);
