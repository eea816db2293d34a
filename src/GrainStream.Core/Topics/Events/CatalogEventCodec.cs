using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Core.Topics.Events;

/// <summary>
/// Catalogue events as values of records; the records have no key.
/// <code>
///  0 type i16 | 2 version i16 | 4 body: the event in that version, flexible encoding (KIP-482)
/// </code>
/// Big-endian. A type or version that is not known comes from a newer server and is an error: skipping it would lose what happened.
/// </summary>
public static class CatalogEventCodec
{
    /// <summary>Appends the record value of <paramref name="catalogEvent"/> to what <paramref name="writer"/> holds.</summary>
    public static void Encode(ICatalogEvent catalogEvent, KafkaWriter writer)
    {
        writer.WriteInt16((short)TypeOf(catalogEvent));
        short version = VersionOf(catalogEvent);
        writer.WriteInt16(version);
        catalogEvent.Write(writer, version);
    }

    /// <summary>Reads a record value; if it is no event, <paramref name="error"/> says why.</summary>
    public static bool TryDecode(
        ReadOnlySequence<byte> value,
        [NotNullWhen(true)] out ICatalogEvent? catalogEvent,
        [NotNullWhen(false)] out string? error)
    {
        catalogEvent = null;
        error = null;
        var reader = new KafkaReader(value);
        try
        {
            var type = (CatalogEventType)reader.ReadInt16();
            short version = reader.ReadInt16();
            if (!Enum.IsDefined(type) || version < 0 || version > HighestVersion(type))
            {
                error = $"The catalogue event of type {(short)type}, version {version} is not known. " +
                    "Was it written by a newer GrainStream? Then start that one.";
                return false;
            }

            catalogEvent = Read(type, ref reader, version);
            error = reader.Remaining > 0
                ? $"The catalogue event {type} has {reader.Remaining} bytes too many."
                : Inconsistency(catalogEvent);
        }
        catch (MalformedMessageException malformed)
        {
            error = $"The catalogue event is damaged: {malformed.Message}";
        }

        if (error is not null)
        {
            catalogEvent = null;
        }

        return error is null;
    }

    private static short HighestVersion(CatalogEventType type) => type == CatalogEventType.CatalogSnapshot ? (short)1 : (short)0;

    // The lowest that says it all: an older server can go on for as long as nothing has happened that it does not know.
    private static short VersionOf(ICatalogEvent catalogEvent) => catalogEvent is CatalogSnapshot { Groups.Length: > 0 } ? (short)1 : (short)0;

    private static CatalogEventType TypeOf(ICatalogEvent catalogEvent) => catalogEvent switch
    {
        TopicCreated => CatalogEventType.TopicCreated,
        TopicDeleted => CatalogEventType.TopicDeleted,
        PartitionsAdded => CatalogEventType.PartitionsAdded,
        TopicConfigsSet => CatalogEventType.TopicConfigsSet,
        BrokerConfigsSet => CatalogEventType.BrokerConfigsSet,
        ProducerIdsReserved => CatalogEventType.ProducerIdsReserved,
        CatalogSnapshot => CatalogEventType.CatalogSnapshot,
        TopicFreed => CatalogEventType.TopicFreed,
        GroupCreated => CatalogEventType.GroupCreated,
        GroupDeleted => CatalogEventType.GroupDeleted,
        _ => throw new ArgumentException($"{catalogEvent.GetType()} is no catalogue event.", nameof(catalogEvent)),
    };

    private static ICatalogEvent Read(CatalogEventType type, ref KafkaReader reader, short version) => type switch
    {
        CatalogEventType.TopicCreated => ReadAs<TopicCreated>(ref reader, version),
        CatalogEventType.TopicDeleted => ReadAs<TopicDeleted>(ref reader, version),
        CatalogEventType.PartitionsAdded => ReadAs<PartitionsAdded>(ref reader, version),
        CatalogEventType.TopicConfigsSet => ReadAs<TopicConfigsSet>(ref reader, version),
        CatalogEventType.BrokerConfigsSet => ReadAs<BrokerConfigsSet>(ref reader, version),
        CatalogEventType.ProducerIdsReserved => ReadAs<ProducerIdsReserved>(ref reader, version),
        CatalogEventType.CatalogSnapshot => ReadAs<CatalogSnapshot>(ref reader, version),
        CatalogEventType.TopicFreed => ReadAs<TopicFreed>(ref reader, version),
        CatalogEventType.GroupCreated => ReadAs<GroupCreated>(ref reader, version),
        CatalogEventType.GroupDeleted => ReadAs<GroupDeleted>(ref reader, version),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such catalogue event."),
    };

    private static T ReadAs<T>(ref KafkaReader reader, short version)
        where T : IKafkaMessage<T> => T.Read(ref reader, version);

    private static string? Inconsistency(ICatalogEvent catalogEvent)
    {
        bool isConsistent = catalogEvent switch
        {
            TopicCreated created => ArePairs(created.ConfigNames, created.ConfigValues) && created.Partitions > 0,
            TopicConfigsSet set => ArePairs(set.ConfigNames, set.ConfigValues),
            BrokerConfigsSet set => ArePairs(set.ConfigNames, set.ConfigValues),
            PartitionsAdded added => added.Partitions > 0,
            ProducerIdsReserved reserved => reserved is { FirstProducerId: >= 0, Count: > 0 },
            CatalogSnapshot snapshot => IsConsistent(snapshot),
            _ => true,
        };
        return isConsistent ? null : $"The catalogue event {TypeOf(catalogEvent)} contradicts itself.";
    }

    private static bool IsConsistent(CatalogSnapshot snapshot) =>
        snapshot.NextProducerId >= 0
        && Array.TrueForAll(snapshot.Topics, topic => topic.Partitions > 0 && ArePairs(topic.ConfigNames, topic.ConfigValues))
        && Array.TrueForAll(snapshot.Brokers, broker => ArePairs(broker.ConfigNames, broker.ConfigValues))
        && snapshot.Topics.DistinctBy(topic => topic.Name, StringComparer.Ordinal).Count() == snapshot.Topics.Length
        && snapshot.Groups.DistinctBy(group => group.GroupId, StringComparer.Ordinal).Count() == snapshot.Groups.Length
        && snapshot.Topics.Select(topic => topic.TopicId).Concat(snapshot.DeletedTopicIds).Concat(snapshot.Groups.Select(group => group.LogId)).Distinct().Count()
            == snapshot.Topics.Length + snapshot.DeletedTopicIds.Length + snapshot.Groups.Length
        && snapshot.Brokers.DistinctBy(broker => broker.BrokerId).Count() == snapshot.Brokers.Length;

    private static bool ArePairs(string[] names, string[] values) =>
        names.Length == values.Length && names.Distinct(StringComparer.Ordinal).Count() == names.Length;
}
