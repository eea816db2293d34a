using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Client.Grouping;

/// <summary>What consumers of the classic protocol put into the opaque bytes of JoinGroup and SyncGroup: a 16-bit version and a message.</summary>
internal static class EmbeddedProtocol
{
    private const int VersionBytes = sizeof(short);

    /// <summary>Writes a message behind its version.</summary>
    public static byte[] Write(IKafkaMessage message, short version)
    {
        using KafkaWriter writer = new();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a subscription; null if the bytes are none.</summary>
    public static ConsumerProtocolSubscription? ReadSubscription(byte[] bytes) =>
        TryReadVersion(bytes, out short version) ? TryRead<ConsumerProtocolSubscription>(bytes, version) : null;

    /// <summary>The partitions of an assignment; null if the bytes are none. No bytes are no partitions.</summary>
    public static IReadOnlyList<TopicPartition>? ReadAssignment(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return [];
        }

        return TryReadVersion(bytes, out short version) && TryRead<ConsumerProtocolAssignment>(bytes, version) is { } assignment
            ? [.. assignment.AssignedPartitions.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition))).Order()]
            : null;
    }

    private static bool TryReadVersion(byte[] bytes, out short version)
    {
        version = bytes.Length >= VersionBytes ? System.Buffers.Binary.BinaryPrimitives.ReadInt16BigEndian(bytes) : (short)-1;
        return version >= 0;
    }

    // A version from the future begins like the last one known here.
    private static TMessage? TryRead<TMessage>(byte[] bytes, short version)
        where TMessage : class, IKafkaMessage<TMessage>
    {
        try
        {
            KafkaReader reader = new(bytes.AsMemory(VersionBytes));
            return TMessage.Read(ref reader, Math.Min(version, TMessage.HighestVersion));
        }
        catch (MalformedMessageException)
        {
            return null;
        }
    }
}
