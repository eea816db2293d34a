using System.Globalization;
using GrainStream.Core.Topics.Events;

namespace GrainStream.Gateway.Handlers;

/// <summary>What configuration requests are about. <paramref name="Type"/> is the protocol's number.</summary>
internal readonly record struct ConfigResource(sbyte Type, string Name)
{
    private const sbyte TopicType = 2;
    private const sbyte BrokerType = 4;

    public bool IsTopic => Type == TopicType;

    /// <summary>What is wrong with a resource that is no topic; null if it is a broker.</summary>
    public string? Problem => Type != BrokerType
        ? $"There is no configuration for resources of type {Type}. Name a topic (type {TopicType}) or a broker (type {BrokerType})."
        : BrokerId is null ? $"'{Name}' is no broker id. Give the broker's number, or an empty name for all brokers." : null;

    /// <summary>The broker named, <see cref="BrokerConfigsSet.AllBrokers"/> for an empty name; null if it is no id.</summary>
    public int? BrokerId => Name.Length == 0 ? BrokerConfigsSet.AllBrokers
        : int.TryParse(Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
}
