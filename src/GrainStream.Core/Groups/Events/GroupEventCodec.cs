using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Core.Groups.Events;

/// <summary>
/// Group events as values of records; the records have no key.
/// <code>
///  0 type i16 | 2 version i16 | 4 body: the event in that version, flexible encoding (KIP-482)
/// </code>
/// Big-endian. A type or version that is not known comes from a newer server and is an error: skipping it would lose what happened.
/// </summary>
public static class GroupEventCodec
{
    private const short Version = 0;

    /// <summary>Appends the record value of <paramref name="groupEvent"/> to what <paramref name="writer"/> holds.</summary>
    public static void Encode(IGroupEvent groupEvent, KafkaWriter writer)
    {
        writer.WriteInt16((short)TypeOf(groupEvent));
        writer.WriteInt16(Version);
        groupEvent.Write(writer, Version);
    }

    /// <summary>Reads a record value; if it is no event, <paramref name="error"/> says why.</summary>
    public static bool TryDecode(
        ReadOnlySequence<byte> value,
        [NotNullWhen(true)] out IGroupEvent? groupEvent,
        [NotNullWhen(false)] out string? error)
    {
        groupEvent = null;
        error = null;
        var reader = new KafkaReader(value);
        try
        {
            var type = (GroupEventType)reader.ReadInt16();
            short version = reader.ReadInt16();
            if (version != Version || !Enum.IsDefined(type))
            {
                error = $"The group event of type {(short)type}, version {version} is not known. " +
                    "Was it written by a newer GrainStream? Then start that one.";
                return false;
            }

            groupEvent = Read(type, ref reader, version);
            error = reader.Remaining > 0
                ? $"The group event {type} has {reader.Remaining} bytes too many."
                : GroupEventRules.IsConsistent(groupEvent) ? null : $"The group event {type} contradicts itself.";
        }
        catch (MalformedMessageException malformed)
        {
            error = $"The group event is damaged: {malformed.Message}";
        }

        if (error is not null)
        {
            groupEvent = null;
        }

        return error is null;
    }

    private static GroupEventType TypeOf(IGroupEvent groupEvent) => groupEvent switch
    {
        GroupReset => GroupEventType.GroupReset,
        ClassicGenerationStarted => GroupEventType.ClassicGenerationStarted,
        ClassicGenerationFormed => GroupEventType.ClassicGenerationFormed,
        StaticMemberReplaced => GroupEventType.StaticMemberReplaced,
        OffsetsCommitted => GroupEventType.OffsetsCommitted,
        OffsetsRemoved => GroupEventType.OffsetsRemoved,
        ConsumerMemberChanged => GroupEventType.ConsumerMemberChanged,
        ConsumerMemberRemoved => GroupEventType.ConsumerMemberRemoved,
        ConsumerMemberReplaced => GroupEventType.ConsumerMemberReplaced,
        ConsumerGroupEpochBumped => GroupEventType.ConsumerGroupEpochBumped,
        ConsumerTargetAssigned => GroupEventType.ConsumerTargetAssigned,
        ConsumerMemberReconciled => GroupEventType.ConsumerMemberReconciled,
        _ => throw new ArgumentException($"{groupEvent.GetType()} is no group event.", nameof(groupEvent)),
    };

    private static IGroupEvent Read(GroupEventType type, ref KafkaReader reader, short version) => type switch
    {
        GroupEventType.GroupReset => ReadAs<GroupReset>(ref reader, version),
        GroupEventType.ClassicGenerationStarted => ReadAs<ClassicGenerationStarted>(ref reader, version),
        GroupEventType.ClassicGenerationFormed => ReadAs<ClassicGenerationFormed>(ref reader, version),
        GroupEventType.StaticMemberReplaced => ReadAs<StaticMemberReplaced>(ref reader, version),
        GroupEventType.OffsetsCommitted => ReadAs<OffsetsCommitted>(ref reader, version),
        GroupEventType.OffsetsRemoved => ReadAs<OffsetsRemoved>(ref reader, version),
        GroupEventType.ConsumerMemberChanged => ReadAs<ConsumerMemberChanged>(ref reader, version),
        GroupEventType.ConsumerMemberRemoved => ReadAs<ConsumerMemberRemoved>(ref reader, version),
        GroupEventType.ConsumerMemberReplaced => ReadAs<ConsumerMemberReplaced>(ref reader, version),
        GroupEventType.ConsumerGroupEpochBumped => ReadAs<ConsumerGroupEpochBumped>(ref reader, version),
        GroupEventType.ConsumerTargetAssigned => ReadAs<ConsumerTargetAssigned>(ref reader, version),
        GroupEventType.ConsumerMemberReconciled => ReadAs<ConsumerMemberReconciled>(ref reader, version),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such group event."),
    };

    private static T ReadAs<T>(ref KafkaReader reader, short version)
        where T : IKafkaMessage<T> => T.Read(ref reader, version);
}
