using System.Buffers;
using GrainStream.Protocol.Records;
using GrainStream.Protocol.Records.Codecs;

namespace GrainStream.Protocol.Tests.Records.Codecs;

public sealed class CodecTests
{
    [Fact]
    public void A_library_that_is_not_there_or_lacks_a_function_is_not_loaded()
    {
        Assert.Null(CodecLibrary.TryLoad("no-such-codec", "1", "compress"));
        Assert.Null(CodecLibrary.TryLoad("zstd", "1", "ZSTD_isError", "ZSTD_no_such_function"));
        Assert.All(Assert.IsType<nint[]>(CodecLibrary.TryLoad("zstd", "1", "ZSTD_isError")), function => Assert.NotEqual(0, function));
    }

    [Theory]
    [InlineData("88", DecompressionStatus.Done)]
    [InlineData("a8", DecompressionStatus.Malformed)]
    public void A_zstd_frame_may_ask_for_a_window_of_128_MiB_and_no_more(string windowDescriptor, DecompressionStatus expected)
    {
        // Magic, frame without size or checksum, window, one last empty raw block.
        byte[] frame = Convert.FromHexString("28b52ffd" + "00" + windowDescriptor + "010000");
        using PooledBuffer target = new();
        Assert.Equal(expected, RecordCodec.Decompress(CompressionType.Zstd, new ReadOnlySequence<byte>(frame), 100, target));
    }

    [Fact]
    public void Every_cut_of_a_raw_snappy_block_is_malformed()
    {
        byte[] compressed = RealCompressions.Load("snappy-raw");
        using PooledBuffer target = new();
        for (int length = 0; length < compressed.Length; length += 7)
        {
            target.Clear();
            ReadOnlySequence<byte> cut = new(compressed, 0, length);
            Assert.Equal(DecompressionStatus.Malformed, RecordCodec.Decompress(CompressionType.Snappy, cut, 1 << 20, target));
        }
    }

    [Fact]
    public void A_snappy_block_whose_claim_it_cannot_keep_asks_nothing_of_the_output()
    {
        // 2^30 - 1 bytes are promised, a literal of one byte follows.
        ReadOnlySequence<byte> liar = new(Convert.FromHexString("ffffffff03" + "0061"));
        using PooledBuffer target = new();
        Assert.Equal(DecompressionStatus.Malformed, RecordCodec.Decompress(CompressionType.Snappy, liar, int.MaxValue, target));
        Assert.Equal(0, target.Length);
    }

    [Fact]
    public void Snappy_is_written_in_the_framing_of_Java_clients()
    {
        using PooledBuffer target = new();
        RecordCodec.Compress(CompressionType.Snappy, new byte[40_000], target);
        Assert.Equal("82534E41505059000000000100000001", Convert.ToHexString(target.WrittenSpan[..16]));
    }

    [Fact]
    public void Lz4_is_written_in_blocks_that_stand_alone()
    {
        using PooledBuffer target = new();
        RecordCodec.Compress(CompressionType.Lz4, new byte[200_000], target);

        // Magic; version 1, independent blocks; blocks of 64 KiB.
        Assert.Equal("04224D186040", Convert.ToHexString(target.WrittenSpan[..6]));
    }
}
