namespace GrainStream.Protocol.Wire;

/// <summary>
/// <paramref name="Payload"/> belongs before the byte at <paramref name="Position"/> of the writer's buffer.
/// Payloads do not count in positions.
/// </summary>
public readonly record struct RecordSplice(int Position, IRecordPayload Payload);
