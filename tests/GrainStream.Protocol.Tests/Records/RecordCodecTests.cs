using System.Buffers;
using System.IO.Compression;
using GrainStream.Protocol.Records;
using Xunit.Abstractions;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RecordCodecTests(ITestOutputHelper output)
{
    private const int Seed = 20260201;

    [Fact]
    public void Without_compression_the_bytes_are_copied_up_to_the_bound()
    {
        byte[] data = RandomBytes(10_000);
        using PooledBuffer target = new();
        ReadOnlySequence<byte> input = Sequences.CutEvery(data, 999);
        Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(CompressionType.None, input, data.Length, target));
        Assert.Equal(data, target.WrittenSpan.ToArray());
        Assert.Equal(DecompressionStatus.TooLarge, RecordCodec.Decompress(CompressionType.None, input, data.Length - 1, target));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(100_000)]
    public void What_was_compressed_with_gzip_is_decompressed_up_to_exactly_the_bound(int length)
    {
        byte[] data = RandomBytes(length);
        ReadOnlySequence<byte> compressed = Sequences.CutEvery(Gzip(data), 777);
        using PooledBuffer target = new();
        Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(CompressionType.Gzip, compressed, data.Length, target));
        Assert.Equal(data, target.WrittenSpan.ToArray());
        target.Clear();
        Assert.Equal(DecompressionStatus.TooLarge, RecordCodec.Decompress(CompressionType.Gzip, compressed, data.Length - 1, target));
        Assert.Equal(data.Length - 1, target.Length);
    }

    [Fact]
    public void Nothing_compressed_with_gzip_is_nothing()
    {
        ReadOnlySequence<byte> nothing = new(Convert.FromHexString("1f8b0800000000000003" + "0300" + "00000000" + "00000000"));
        using PooledBuffer target = new();
        Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(CompressionType.Gzip, nothing, 0, target));
        Assert.Equal(0, target.Length);
    }

    [Fact]
    public void Bytes_after_the_compressed_ones_are_malformed()
    {
        ReadOnlySequence<byte> compressed = new([.. Gzip(RandomBytes(300)), 1, 2, 3]);
        using PooledBuffer target = new();
        Assert.Equal(DecompressionStatus.Malformed, RecordCodec.Decompress(CompressionType.Gzip, compressed, 1_000, target));
    }

    [Fact]
    public void A_bomb_is_given_up_at_the_bound_and_allocates_no_more_than_that()
    {
        byte[] bomb = Gzip(new byte[256 << 20]);
        Assert.True(bomb.Length < 300_000);
        const int Bound = 1 << 20;
        using PooledBuffer target = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        DecompressionStatus status = RecordCodec.Decompress(CompressionType.Gzip, new ReadOnlySequence<byte>(bomb), Bound, target);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(DecompressionStatus.TooLarge, status);
        Assert.Equal(Bound, target.Length);
        Assert.True(allocated < 4 * Bound, $"{allocated} bytes were allocated");
    }

    [Fact]
    public void Every_cut_of_compressed_bytes_is_malformed()
    {
        byte[] compressed = Gzip(RandomBytes(300));
        for (int length = 0; length < compressed.Length; length++)
        {
            using PooledBuffer target = new();
            Assert.Equal(
                DecompressionStatus.Malformed,
                RecordCodec.Decompress(CompressionType.Gzip, new ReadOnlySequence<byte>(compressed, 0, length), 1_000, target));
        }
    }

    [Theory]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    [InlineData((CompressionType)7)]
    public void Other_codecs_are_answered_as_unsupported(CompressionType codec)
    {
        using PooledBuffer target = new();
        Assert.False(RecordCodec.CanDecompress(codec));
        ReadOnlySequence<byte> input = new(RandomBytes(100));
        Assert.Equal(DecompressionStatus.UnsupportedCodec, RecordCodec.Decompress(codec, input, 1_000, target));
        Assert.Equal(0, target.Length);
    }

    [Fact]
    public void Random_and_mutated_bytes_never_throw_and_stay_within_the_bound()
    {
        Random random = Seeds.NewRandom(output);
        byte[] compressed = Gzip(RandomBytes(2_000));
        using PooledBuffer target = new();
        for (int round = 0; round < 3_000; round++)
        {
            byte[] input = Mutations.Mutate(compressed, random);
            target.Clear();
            int bound = random.Next(4_000);
            RecordCodec.Decompress(CompressionType.Gzip, Sequences.CutAtRandom(input, random, 500), bound, target);
            Assert.InRange(target.Length, 0, bound);
        }
    }

    private static byte[] Gzip(byte[] data)
    {
        using MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.SmallestSize))
        {
            gzip.Write(data);
        }

        return target.ToArray();
    }

    /// <summary>Letters, so that they can be compressed.</summary>
    private static byte[] RandomBytes(int length)
    {
        Random random = new(Seed);
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++)
        {
            data[i] = (byte)random.Next('a', 'k');
        }

        return data;
    }
}
