namespace GrainStream.Protocol.Wire;

/// <summary>
/// Record batches that a response or request carries but that its <see cref="KafkaWriter"/> does not hold: whoever sends the
/// message knows the concrete type and puts the bytes on the wire at the splice.
/// </summary>
public interface IRecordPayload
{
    /// <summary>Bytes that will be sent; must not change once the message is written.</summary>
    int Length { get; }
}
