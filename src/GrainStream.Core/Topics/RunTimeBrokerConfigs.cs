using GrainStream.Core.Topics.Configs;
using GrainStream.Core.Topics.Events;
using GrainStream.Protocol;

namespace GrainStream.Core.Topics;

/// <summary>The settings that brokers were given at run time: this one's, and those of all.</summary>
internal sealed class RunTimeBrokerConfigs(int nodeId)
{
    private readonly Dictionary<int, ConfigOverrides> _byBroker = [];

    /// <summary>
    /// Decides on changing settings of one broker or of <see cref="BrokerConfigsSet.AllBrokers"/>; <paramref name="isWhole"/> if all that
    /// is not named returns to its default.
    /// </summary>
    public CatalogDecision Decide(BrokerConfig present, int brokerId, IEnumerable<ConfigChange> changes, bool isWhole)
    {
        if (brokerId != BrokerConfigsSet.AllBrokers && brokerId != nodeId)
        {
            return CatalogDecision.Refuse(
                ErrorCode.InvalidRequest, $"There is no broker {brokerId}. Name broker {nodeId}, or none for all brokers.");
        }

        ConfigChange[] named = [.. changes];
        if (Array.Find(named, change => IsFixed(change.Name)).Name is { } name)
        {
            return CatalogDecision.Refuse(
                ErrorCode.InvalidConfig, $"{name} can only be set in the server's settings, and takes effect when it starts.");
        }

        ConfigOverrides current = isWhole ? ConfigOverrides.None : Of(brokerId);
        ErrorCode error = current.Change(BrokerConfigs.All, named, present.Value, out ConfigOverrides overrides, out string? message);
        if (error == ErrorCode.None && With(present, brokerId, overrides).CheckTogether() is { } conflict)
        {
            error = ErrorCode.InvalidConfig;
            message = conflict;
        }

        if (error != ErrorCode.None)
        {
            return CatalogDecision.Refuse(error, message);
        }

        var set = new BrokerConfigsSet { BrokerId = brokerId, ConfigNames = overrides.Names(), ConfigValues = overrides.Texts() };
        return CatalogDecision.Accept(overrides.IsSame(Of(brokerId)) ? null : set);
    }

    /// <summary>Takes in what was set; returns the settings as they count then.</summary>
    public BrokerConfig Apply(BrokerConfig present, int brokerId, ConfigOverrides overrides)
    {
        BrokerConfig config = With(present, brokerId, overrides);
        _byBroker[brokerId] = overrides;
        return config;
    }

    /// <summary>What each broker was given, in order of id.</summary>
    public IEnumerable<KeyValuePair<int, ConfigOverrides>> All => _byBroker.OrderBy(static entry => entry.Key);

    /// <summary>Forgets everything; returns the settings as they count then.</summary>
    public BrokerConfig Clear(BrokerConfig present)
    {
        _byBroker.Clear();
        return present.WithDynamic(ConfigOverrides.None, ConfigOverrides.None);
    }

    private static bool IsFixed(string name) =>
        BrokerConfigs.All.TryGetValue(name, out ConfigDefinition? definition) && !definition.IsDynamic;

    private BrokerConfig With(BrokerConfig present, int brokerId, ConfigOverrides overrides) => present.WithDynamic(
        dynamicDefault: brokerId == BrokerConfigsSet.AllBrokers ? overrides : Of(BrokerConfigsSet.AllBrokers),
        dynamic: brokerId == nodeId ? overrides : Of(nodeId));

    private ConfigOverrides Of(int brokerId) => _byBroker.GetValueOrDefault(brokerId, ConfigOverrides.None);
}
