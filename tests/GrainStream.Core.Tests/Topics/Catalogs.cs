using GrainStream.Core.Topics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Protocol;

namespace GrainStream.Core.Tests.Topics;

/// <summary>Catalogues and commands in the shapes the tests need.</summary>
internal static class Catalogs
{
    public const int NodeId = 7;

    public static TopicCatalog Empty(params (string Name, string Value)[] settings)
    {
        Assert.True(BrokerConfig.TryCreate(Pairs(settings), out BrokerConfig config, out IReadOnlyList<string> errors), string.Join('\n', errors));
        return new TopicCatalog(NodeId, config);
    }

    public static CreateTopic New(string name, int partitions = -1, params (string Name, string Value)[] configs) =>
        new(name, new TopicId(Guid.NewGuid())) { Partitions = partitions, Configs = [.. Pairs(configs)] };

    /// <summary>What a host does: decide, log, apply.</summary>
    public static CatalogDecision Do(this TopicCatalog catalog, CatalogDecision decision)
    {
        if (decision.Event is not null)
        {
            catalog.Apply(decision.Event);
        }

        return decision;
    }

    public static Topic Create(this TopicCatalog catalog, string name, int partitions = -1, params (string Name, string Value)[] configs)
    {
        CatalogDecision decision = catalog.Do(catalog.DecideCreate(New(name, partitions, configs)));
        Assert.True(decision.Error == ErrorCode.None, decision.Message);
        return decision.Topic!;
    }

    public static IEnumerable<KeyValuePair<string, string?>> Pairs(params (string Name, string Value)[] pairs) =>
        pairs.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value));
}
