using GrainStream.Core.Topics.Events;

namespace GrainStream.Core.Topics;

/// <summary>Says all that a catalogue holds as one event.</summary>
internal static class CatalogSnapshots
{
    /// <summary>Of these parts; the same parts give the same bytes.</summary>
    public static CatalogSnapshot Of(TopicCatalog catalog, RunTimeBrokerConfigs runTime, long nextProducerId) => new()
    {
        NextProducerId = nextProducerId,
        Brokers =
        [
            .. runTime.All.Select(broker => new CatalogSnapshot.BrokerSettings
            {
                BrokerId = broker.Key,
                ConfigNames = broker.Value.Names(),
                ConfigValues = broker.Value.Texts(),
            }),
        ],
        DeletedTopicIds = [.. catalog.Deleted.Select(id => id.Value).Order()],
        Topics =
        [
            .. catalog.All.OrderBy(topic => topic.Name, StringComparer.Ordinal).Select(topic => new CatalogSnapshot.TopicState
            {
                TopicId = topic.Id.Value,
                Name = topic.Name,
                Partitions = topic.PartitionCount,
                ConfigNames = topic.Overrides.Names(),
                ConfigValues = topic.Overrides.Texts(),
            }),
        ],
        Groups =
        [
            .. catalog.Groups.All.OrderBy(group => group.Name, StringComparer.Ordinal).Select(group => new CatalogSnapshot.GroupState
            {
                LogId = group.LogId.Value,
                GroupId = group.Name,
            }),
        ],
    };
}
