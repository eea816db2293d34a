using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Messages;

/// <summary>Something that can be written in several versions.</summary>
public interface IKafkaMessage
{
    /// <summary>Writes the message, without header or length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The message has no such version.</exception>
    /// <exception cref="InvalidOperationException">A field holds what this version cannot say.</exception>
    void Write(KafkaWriter writer, short version);
}
