using System.Buffers;
using System.Runtime.InteropServices;

namespace GrainStream.Protocol.Records.Codecs;

/// <summary>
/// lz4 in its frame format (LZ4 Frame Format Description 1.6), as Kafka uses it since magic 2, by liblz4's frame functions.
/// </summary>
internal sealed unsafe class Lz4Codec : Codec
{
    /// <summary>LZ4F_VERSION, unchanged since liblz4 1.7.</summary>
    private const uint FrameVersion = 100;

    private readonly delegate* unmanaged[Cdecl]<nuint, uint> _isError;
    private readonly delegate* unmanaged[Cdecl]<nint*, uint, nuint> _createDecoder;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint> _freeDecoder;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, nuint*, void*, nuint> _decompress;
    private readonly delegate* unmanaged[Cdecl]<nuint, FramePreferences*, nuint> _compressBound;
    private readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, FramePreferences*, nuint> _compress;

    private Lz4Codec(nint[] functions)
    {
        _isError = (delegate* unmanaged[Cdecl]<nuint, uint>)functions[0];
        _createDecoder = (delegate* unmanaged[Cdecl]<nint*, uint, nuint>)functions[1];
        _freeDecoder = (delegate* unmanaged[Cdecl]<nint, nuint>)functions[2];
        _decompress = (delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, nuint*, void*, nuint>)functions[3];
        _compressBound = (delegate* unmanaged[Cdecl]<nuint, FramePreferences*, nuint>)functions[4];
        _compress = (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, FramePreferences*, nuint>)functions[5];
    }

    /// <summary>The codec, null where the system has no liblz4.</summary>
    public static Lz4Codec? TryLoad()
    {
        nint[]? functions = CodecLibrary.TryLoad(
            "lz4",
            "1",
            "LZ4F_isError",
            "LZ4F_createDecompressionContext",
            "LZ4F_freeDecompressionContext",
            "LZ4F_decompress",
            "LZ4F_compressFrameBound",
            "LZ4F_compressFrame");
        return functions is null ? null : new Lz4Codec(functions);
    }

    public override DecompressionStatus Decompress(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        using Decoder decoder = new(this);
        return decoder.Decompress(input, maxOutputBytes, output);
    }

    public override void Compress(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        // Blocks of 64 KiB that do not refer to each other: Kafka's Java client reads no others.
        FramePreferences preferences = new() { BlockMode = 1 };
        nuint bound = _compressBound((nuint)input.Length, &preferences);
        Span<byte> target = output.GetSpan(checked((int)bound));
        fixed (byte* source = input)
        fixed (byte* destination = target)
        {
            nuint size = _compress(destination, (nuint)target.Length, source, (nuint)input.Length, &preferences);
            if (_isError(size) != 0)
            {
                throw new InsufficientMemoryException("liblz4 could not compress: it had no memory");
            }

            output.Advance((int)size);
        }
    }

    private sealed class Decoder : StreamDecoder
    {
        private readonly Lz4Codec _codec;
        private readonly nint _context;

        public Decoder(Lz4Codec codec)
        {
            _codec = codec;
            nint context = 0;
            if (codec._isError(codec._createDecoder(&context, FrameVersion)) != 0 || context == 0)
            {
                throw new InsufficientMemoryException("liblz4 had no memory for a decoder");
            }

            _context = context;
        }

        public override void Dispose() => _codec._freeDecoder(_context);

        protected override State Step(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int produced)
        {
            byte nothing = 0;
            nuint sourceSize = (nuint)source.Length;
            nuint targetSize = (nuint)target.Length;
            nuint hint;
            fixed (byte* from = source)
            fixed (byte* to = target)
            {
                hint = _codec._decompress(_context, to, &targetSize, from is null ? &nothing : from, &sourceSize, null);
            }

            if (_codec._isError(hint) != 0)
            {
                consumed = produced = 0;
                return State.Malformed;
            }

            consumed = (int)sourceSize;
            produced = (int)targetSize;
            return hint == 0 ? State.FrameEnded : State.WithinFrame;
        }
    }

    /// <summary>LZ4F_preferences_t of lz4frame.h; all zeros are the defaults.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FramePreferences
    {
        public int BlockSizeId;

        /// <summary>0: blocks refer to those before them. 1: they stand alone.</summary>
        public int BlockMode;

        public int ContentChecksum;
        public int FrameType;
        public ulong ContentSize;
        public uint DictionaryId;
        public int BlockChecksum;
        public int CompressionLevel;
        public uint AutoFlush;
        public uint FavorDecompressionSpeed;
        public uint Reserved1;
        public uint Reserved2;
        public uint Reserved3;
    }
}
