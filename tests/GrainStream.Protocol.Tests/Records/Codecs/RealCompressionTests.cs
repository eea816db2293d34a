using System.Buffers;
using GrainStream.Protocol.Records;
using Xunit.Abstractions;

namespace GrainStream.Protocol.Tests.Records.Codecs;

public sealed class RealCompressionTests(ITestOutputHelper output)
{
    public static TheoryData<CompressionType, string> All => new()
    {
        { CompressionType.Lz4, "lz4-plain" },
        { CompressionType.Lz4, "lz4-linked-checked" },
        { CompressionType.Lz4, "lz4-high-4mb" },
        { CompressionType.Lz4, "lz4-kafka-python" },
        { CompressionType.Zstd, "zstd-plain" },
        { CompressionType.Zstd, "zstd-stream" },
        { CompressionType.Zstd, "zstd-stream-22" },
        { CompressionType.Zstd, "zstd-two-frames" },
        { CompressionType.Snappy, "snappy-raw" },
        { CompressionType.Snappy, "snappy-kafka-python" },
        { CompressionType.Snappy, "snappy-framed-oddly" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void What_other_libraries_compressed_is_decompressed(CompressionType codec, string name)
    {
        Random random = Seeds.NewRandom(output);
        ReadOnlySequence<byte> compressed = Sequences.CutAtRandom(RealCompressions.Load(name), random, 1_000);
        using PooledBuffer target = new();
        Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(codec, compressed, RealCompressions.Text.Length, target));
        Assert.Equal(RealCompressions.Text, target.WrittenSpan.ToArray());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_bound_that_is_a_byte_too_small_is_noticed(CompressionType codec, string name)
    {
        ReadOnlySequence<byte> compressed = new(RealCompressions.Load(name));
        using PooledBuffer target = new();
        int bound = RealCompressions.Text.Length - 1;
        Assert.Equal(DecompressionStatus.TooLarge, RecordCodec.Decompress(codec, compressed, bound, target));
        Assert.InRange(target.Length, 0, bound);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Damage_anywhere_never_throws_and_stays_within_the_bound(CompressionType codec, string name)
    {
        Random random = Seeds.NewRandom(output);
        byte[] compressed = RealCompressions.Load(name);
        using PooledBuffer target = new();
        for (int round = 0; round < 500; round++)
        {
            target.Clear();
            int bound = random.Next(2 * RealCompressions.Text.Length);
            RecordCodec.Decompress(codec, new ReadOnlySequence<byte>(Mutations.Mutate(compressed, random)), bound, target);
            Assert.InRange(target.Length, 0, bound);
        }
    }
}
