namespace GrainStream.Core.Topics.Events;

/// <summary>Types of catalogue events. Values are on disk: never changed, never reused.</summary>
public enum CatalogEventType : short
{
    TopicCreated = 1,
    TopicDeleted = 2,
    PartitionsAdded = 3,
    TopicConfigsSet = 4,
    BrokerConfigsSet = 5,
    ProducerIdsReserved = 6,
    CatalogSnapshot = 7,
    TopicFreed = 8,
    GroupCreated = 9,
    GroupDeleted = 10,
}
