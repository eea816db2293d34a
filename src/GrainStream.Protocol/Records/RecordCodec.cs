using System.Buffers;
using GrainStream.Protocol.Records.Codecs;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Decompresses and compresses the records of a batch, for those few parts of a broker that look into batches: appending and fetching
/// pass them on as they are. gzip comes with the framework; lz4, zstd and snappy are the system's libraries, and where one is missing
/// its codec is answered with <see cref="DecompressionStatus.UnsupportedCodec"/>. Thread-safe.
/// </summary>
public static class RecordCodec
{
    private static readonly Codec?[] Codecs = CreateCodecs();

    /// <summary>Codecs that this process cannot read, for want of a library; to be said once at start.</summary>
    public static IReadOnlyList<MissingCodec> Missing { get; } = FindMissing();

    /// <summary>Whether batches of this codec can be read and written here.</summary>
    public static bool IsSupported(CompressionType codec) => Find(codec) is not null;

    /// <summary>
    /// Decompresses <paramref name="input"/> into <paramref name="output"/>, at most <paramref name="maxOutputBytes"/> bytes. A few
    /// kilobytes can claim to be gigabytes, so the bound is what protects the caller: no more than it is ever asked of the output.
    /// </summary>
    /// <param name="codec">From the batch's head.</param>
    /// <param name="input">The bytes after the head. Borrowed for the call. May be anything; never makes this throw.</param>
    /// <param name="maxOutputBytes">Most bytes wanted, at least 0.</param>
    /// <param name="output">Where the bytes go. Holds a part of them if the outcome is not <see cref="DecompressionStatus.Done"/>.</param>
    public static DecompressionStatus Decompress(
        CompressionType codec, in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxOutputBytes);
        return Find(codec)?.Decompress(input, maxOutputBytes, output) ?? DecompressionStatus.UnsupportedCodec;
    }

    /// <summary>
    /// Compresses <paramref name="input"/> into <paramref name="output"/> as clients of every make can read it, with the codec's default level.
    /// </summary>
    /// <exception cref="NotSupportedException">The codec is not <see cref="IsSupported"/>.</exception>
    public static void Compress(CompressionType codec, ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        Codec found = Find(codec) ?? throw new NotSupportedException(
            Missing.FirstOrDefault(missing => missing.Codec == codec)?.ToString() ?? $"compression {codec} is not defined");
        found.Compress(input, output);
    }

    private static Codec? Find(CompressionType codec) => (int)codec < Codecs.Length ? Codecs[(int)codec] : null;

    private static Codec?[] CreateCodecs()
    {
        Codec?[] codecs = new Codec?[(int)CompressionType.Zstd + 1];
        codecs[(int)CompressionType.None] = new PlainCodec();
        codecs[(int)CompressionType.Gzip] = new GzipCodec();
        codecs[(int)CompressionType.Snappy] = SnappyCodec.TryLoad();
        codecs[(int)CompressionType.Lz4] = Lz4Codec.TryLoad();
        codecs[(int)CompressionType.Zstd] = ZstdCodec.TryLoad();
        return codecs;
    }

    private static MissingCodec[] FindMissing()
    {
        MissingCodec[] native =
        [
            new(CompressionType.Snappy, "libsnappy", "apt-get install libsnappy1v5, apk add snappy, brew install snappy"),
            new(CompressionType.Lz4, "liblz4", "apt-get install liblz4-1, apk add lz4-libs, brew install lz4"),
            new(CompressionType.Zstd, "libzstd", "apt-get install libzstd1, apk add zstd-libs, brew install zstd"),
        ];
        return [.. native.Where(codec => !IsSupported(codec.Codec))];
    }
}
