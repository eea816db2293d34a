using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Core.Groups;

/// <summary>
/// What consumers say to each other through the classic protocol, which for the broker is bytes: a 16-bit version, then a <see cref="ConsumerProtocolSubscription"/> or a
/// <see cref="ConsumerProtocolAssignment"/>. A version from the future begins like the last one known here, so it is read like that one; what follows is not looked at.
/// </summary>
public static class EmbeddedConsumerCodec
{
    /// <summary>The protocol type of groups whose members speak this.</summary>
    public const string ProtocolType = "consumer";

    /// <summary>Reads what a member told the assignor; false if it is no subscription.</summary>
    public static bool TryReadSubscription(ReadOnlyMemory<byte> metadata, [NotNullWhen(true)] out ConsumerProtocolSubscription? subscription) =>
        TryRead(metadata, out subscription);

    /// <summary>Reads what the assignor told a member; false if it is no assignment. No bytes at all are none.</summary>
    public static bool TryReadAssignment(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ConsumerProtocolAssignment? assignment) =>
        TryRead(bytes, out assignment);

    /// <summary>Writes what a member tells the assignor.</summary>
    /// <param name="subscription">What to write.</param>
    /// <param name="version">0 to 3; later versions say more.</param>
    public static byte[] Write(ConsumerProtocolSubscription subscription, short version) => WriteVersioned(subscription, version);

    /// <inheritdoc cref="Write(ConsumerProtocolSubscription, short)"/>
    public static byte[] Write(ConsumerProtocolAssignment assignment, short version) => WriteVersioned(assignment, version);

    private static bool TryRead<T>(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out T? message)
        where T : class, IKafkaMessage<T>
    {
        message = null;
        var reader = new KafkaReader(bytes);
        try
        {
            short version = reader.ReadInt16();
            if (version >= 0)
            {
                message = T.Read(ref reader, Math.Min(version, T.HighestVersion));
            }
        }
        catch (MalformedMessageException)
        {
            // The answer is false: what to do about it is for the caller to know.
            return false;
        }

        return message is not null;
    }

    private static byte[] WriteVersioned(IKafkaMessage message, short version)
    {
        using var writer = new KafkaWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.WrittenSpan.ToArray();
    }
}
