using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;
using GrainStream.Runtime.Reading;

namespace GrainStream.Gateway.Tests.Connections;

/// <summary>Answer to <see cref="EchoRequest"/>: its number, an error, and records.</summary>
internal sealed class EchoResponse : IKafkaResponse<EchoResponse>
{
    public static ApiKey Key => ApiKey.PushTelemetry;
    public static short LowestVersion => 1;
    public static short HighestVersion => 2;
    public static short FirstFlexibleVersion => short.MaxValue;

    public int Number { get; init; }

    public ErrorCode Error { get; init; }

    public RecordsPayload? Records { get; init; }

    public byte[]? RecordBytes { get; private init; }

    public static EchoResponse Read(ref KafkaReader reader, short version) =>
        new() { Number = reader.ReadInt32(), Error = (ErrorCode)reader.ReadInt16(), RecordBytes = reader.ReadNullableBytes(compact: false) };

    public void Write(KafkaWriter writer, short version)
    {
        writer.WriteInt32(Number);
        writer.WriteInt16((short)Error);
        writer.WriteRecords(Records, compact: false);
    }
}
