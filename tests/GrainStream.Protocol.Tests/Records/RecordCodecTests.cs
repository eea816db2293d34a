using System.Buffers;
using GrainStream.Protocol.Records;
using Xunit.Abstractions;

namespace GrainStream.Protocol.Tests.Records;

public sealed class RecordCodecTests(ITestOutputHelper output)
{
    private const int Seed = 20260201;

    public static TheoryData<CompressionType> Compressing =>
        [CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    /// <summary>Those whose compressed bytes say where they end; snappy's framing does not.</summary>
    public static TheoryData<CompressionType> Ending => [CompressionType.Gzip, CompressionType.Lz4, CompressionType.Zstd];

    [Fact]
    public void Every_defined_codec_is_supported_where_its_library_is_installed()
    {
        Assert.Empty(RecordCodec.Missing);
        Assert.All(Enum.GetValues<CompressionType>(), codec => Assert.True(RecordCodec.IsSupported(codec)));
    }

    [Fact]
    public void A_missing_codec_says_what_to_install()
    {
        MissingCodec missing = new(CompressionType.Zstd, "libzstd", "apt-get install libzstd1");
        Assert.Equal("compression Zstd needs libzstd, which was not found; install it (apt-get install libzstd1)", missing.ToString());
    }

    [Fact]
    public void Without_compression_the_bytes_are_copied_up_to_the_bound()
    {
        byte[] data = Letters(10_000);
        using PooledBuffer target = new();
        ReadOnlySequence<byte> input = Sequences.CutEvery(data, 999);
        Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(CompressionType.None, input, data.Length, target));
        Assert.Equal(data, target.WrittenSpan.ToArray());
        Assert.Equal(DecompressionStatus.TooLarge, RecordCodec.Decompress(CompressionType.None, input, data.Length - 1, target));
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void What_was_compressed_is_decompressed_up_to_exactly_the_bound(CompressionType codec)
    {
        foreach (int length in (int[])[1, 16 * 1024, 32 * 1024, 64 * 1024, 64 * 1024 + 1, 300_000])
        {
            byte[] data = Letters(length);
            ReadOnlySequence<byte> compressed = Sequences.CutEvery(Compress(codec, data), 777);
            using PooledBuffer target = new();
            Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(codec, compressed, data.Length, target));
            Assert.Equal(data, target.WrittenSpan.ToArray());
            target.Clear();
            Assert.Equal(DecompressionStatus.TooLarge, RecordCodec.Decompress(codec, compressed, data.Length - 1, target));
            Assert.InRange(target.Length, 0, data.Length - 1);
        }
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void Random_data_of_random_sizes_comes_back(CompressionType codec)
    {
        Random random = Seeds.NewRandom(output);
        using PooledBuffer target = new();
        for (int round = 0; round < 100; round++)
        {
            byte[] data = new byte[random.Next(random.Next(200_000))];
            random.NextBytes(data.AsSpan(0, random.Next(data.Length + 1)));
            target.Clear();
            ReadOnlySequence<byte> compressed = Sequences.CutAtRandom(Compress(codec, data), random, 20_000);
            Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(codec, compressed, data.Length, target));
            Assert.Equal(data, target.WrittenSpan.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void Nothing_comes_back_as_nothing(CompressionType codec)
    {
        using PooledBuffer target = new();
        ReadOnlySequence<byte> compressed = new(codec == CompressionType.Gzip
            ? Convert.FromHexString("1f8b0800000000000003" + "0300" + "00000000" + "00000000")
            : Compress(codec, []));
        Assert.Equal(DecompressionStatus.Done, RecordCodec.Decompress(codec, compressed, 0, target));
        Assert.Equal(0, target.Length);
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void No_bytes_at_all_and_bytes_after_the_compressed_ones_are_malformed(CompressionType codec)
    {
        using PooledBuffer target = new();
        Assert.Equal(DecompressionStatus.Malformed, RecordCodec.Decompress(codec, ReadOnlySequence<byte>.Empty, 1_000, target));
        ReadOnlySequence<byte> compressed = new([.. Compress(codec, Letters(300)), 1, 2, 3]);
        Assert.Equal(DecompressionStatus.Malformed, RecordCodec.Decompress(codec, compressed, 1_000, target));
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void A_bomb_is_given_up_at_the_bound_and_allocates_no_more_than_that(CompressionType codec)
    {
        byte[] bomb = Compress(codec, new byte[64 << 20]);
        Assert.True(bomb.Length < 4 << 20);
        const int Bound = 1 << 20;
        using PooledBuffer target = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        DecompressionStatus status = RecordCodec.Decompress(codec, new ReadOnlySequence<byte>(bomb), Bound, target);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(DecompressionStatus.TooLarge, status);
        Assert.Equal(Bound, target.Length);
        Assert.True(allocated < 4 * Bound, $"{allocated} bytes were allocated");
    }

    [Theory]
    [MemberData(nameof(Ending))]
    public void Every_cut_of_compressed_bytes_is_malformed(CompressionType codec)
    {
        byte[] compressed = Compress(codec, Letters(300));
        for (int length = 0; length < compressed.Length; length++)
        {
            using PooledBuffer target = new();
            Assert.Equal(
                DecompressionStatus.Malformed,
                RecordCodec.Decompress(codec, new ReadOnlySequence<byte>(compressed, 0, length), 1_000, target));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(255)]
    public void Codecs_that_are_not_defined_are_answered_as_unsupported(byte number)
    {
        using PooledBuffer target = new();
        CompressionType codec = (CompressionType)number;
        Assert.False(RecordCodec.IsSupported(codec));
        ReadOnlySequence<byte> input = new(Letters(100));
        Assert.Equal(DecompressionStatus.UnsupportedCodec, RecordCodec.Decompress(codec, input, 1_000, target));
        Assert.Equal(0, target.Length);
        Assert.Throws<NotSupportedException>(() => RecordCodec.Compress(codec, [1], target));
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void Random_and_mutated_bytes_never_throw_and_stay_within_the_bound(CompressionType codec)
    {
        Random random = Seeds.NewRandom(output);
        byte[] compressed = Compress(codec, Letters(2_000));
        using PooledBuffer target = new();
        for (int round = 0; round < 5_000; round++)
        {
            byte[] input = Mutations.Mutate(compressed, random);
            target.Clear();
            int bound = random.Next(4_000);
            RecordCodec.Decompress(codec, Sequences.CutAtRandom(input, random, 500), bound, target);
            Assert.InRange(target.Length, 0, bound);
        }
    }

    private static byte[] Compress(CompressionType codec, byte[] data)
    {
        using PooledBuffer target = new();
        RecordCodec.Compress(codec, data, target);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Letters, so that they can be compressed.</summary>
    private static byte[] Letters(int length)
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
