using GrainStream.Protocol;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Gateway.Tests.Connections;

/// <summary>A request of the tests' own, under PushTelemetry's key: a number and some bytes.</summary>
internal sealed class EchoRequest : IKafkaRequest<EchoRequest>
{
    public static ApiKey Key => ApiKey.PushTelemetry;
    public static short LowestVersion => 1;
    public static short HighestVersion => 2;
    public static short FirstFlexibleVersion => short.MaxValue;

    public int Number { get; init; }

    public byte[] Bytes { get; init; } = [];

    public static EchoRequest Read(ref KafkaReader reader, short version) =>
        new() { Number = reader.ReadInt32(), Bytes = reader.ReadBytes(compact: false) };

    public void Write(KafkaWriter writer, short version)
    {
        writer.WriteInt32(Number);
        writer.WriteBytes(Bytes, compact: false);
    }
}
