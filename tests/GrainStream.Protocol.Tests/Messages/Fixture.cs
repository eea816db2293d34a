using System.Buffers;
using GrainStream.Protocol.Messages;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Bytes that are known to be right, and what they mean.</summary>
internal static class Fixture
{
    /// <summary>Checks that <paramref name="hex"/> reads as <paramref name="message"/> and is what writing it gives. Spaces are ignored.</summary>
    public static void Check<T>(string hex, short version, T message)
        where T : IKafkaMessage<T>
    {
        byte[] bytes = Bytes(hex);
        var reader = new KafkaReader(new ReadOnlySequence<byte>(bytes));
        T read = T.Read(ref reader, version);
        reader.RequireEnd();

        Assert.Null(MessageDifference.Between(message, read, typeof(T).Name));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(WriterOutput.Of(message, version)));
    }

    /// <summary>Like <see cref="Check"/> for a whole frame of a request: length, header and message.</summary>
    public static void CheckFrame<T>(string hex, RequestHeader header, T message)
        where T : IKafkaRequest<T>
    {
        byte[] bytes = Bytes(hex);
        var reader = new KafkaReader(new ReadOnlySequence<byte>(bytes));
        Assert.Equal(bytes.Length - 4, reader.ReadInt32());
        Assert.Equal(header, RequestHeader.Read(ref reader));
        Assert.Equal(T.Key, header.Key);
        T read = T.Read(ref reader, header.Version);
        reader.RequireEnd();
        Assert.Null(MessageDifference.Between(message, read, typeof(T).Name));

        using var writer = new KafkaWriter();
        int length = writer.ReserveInt32();
        header.Write(writer);
        message.Write(writer, header.Version);
        writer.PatchInt32(length, writer.TotalLength - sizeof(int));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(WriterOutput.ToArray(writer)));
    }

    public static RecordSet Records(string hex) => new(new ReadOnlySequence<byte>(Bytes(hex)));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
