using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Messages;

/// <summary>A message type with generated codecs. Versions are inclusive on both ends.</summary>
public interface IKafkaMessage<TSelf> : IKafkaMessage
    where TSelf : IKafkaMessage<TSelf>
{
    static abstract short LowestVersion { get; }

    static abstract short HighestVersion { get; }

    /// <summary>First version with compact lengths and tagged fields; <see cref="short.MaxValue"/> if there is none.</summary>
    static abstract short FirstFlexibleVersion { get; }

    /// <summary>Reads a message, without header or length. Records and sequences are borrowed from the reader's input.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The message has no such version.</exception>
    /// <exception cref="MalformedMessageException">The bytes are not a message of this type and version.</exception>
    static abstract TSelf Read(ref KafkaReader reader, short version);
}
