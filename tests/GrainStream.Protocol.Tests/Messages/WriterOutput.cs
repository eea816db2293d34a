using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>What a writer's frame looks like on the wire.</summary>
internal static class WriterOutput
{
    /// <summary>The buffer with the payloads put in where the splices say.</summary>
    public static byte[] ToArray(KafkaWriter writer)
    {
        using var wire = new MemoryStream();
        int position = 0;
        foreach (RecordSplice splice in writer.Splices)
        {
            wire.Write(writer.WrittenSpan[position..splice.Position]);
            wire.Write(((BytesPayload)splice.Payload).Bytes);
            position = splice.Position;
        }

        wire.Write(writer.WrittenSpan[position..]);
        Assert.Equal(writer.TotalLength, wire.Length);
        return wire.ToArray();
    }

    public static byte[] Of(IKafkaMessage message, short version)
    {
        using var writer = new KafkaWriter();
        message.Write(writer, version);
        return ToArray(writer);
    }
}
