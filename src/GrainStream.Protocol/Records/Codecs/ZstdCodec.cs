using System.Buffers;
using System.Runtime.InteropServices;

namespace GrainStream.Protocol.Records.Codecs;

/// <summary>Zstandard frames (RFC 8878, KIP-110) by libzstd's stable functions, of 1.4 or later.</summary>
internal sealed unsafe class ZstdCodec : Codec
{
    /// <summary>ZSTD_d_windowLogMax of zstd.h.</summary>
    private const int WindowLogMaxParameter = 100;

    /// <summary>
    /// ZSTD_WINDOWLOG_LIMIT_DEFAULT: 128 MiB, what decoders accept unless told otherwise and what every level up to 22 stays within. A decoder
    /// reserves the window that a frame asks for, but uses no more of it than there is output, which is bounded.
    /// </summary>
    private const int MaxWindowLog = 27;

    /// <summary>ZSTD_CLEVEL_DEFAULT, Kafka's default as well.</summary>
    private const int DefaultLevel = 3;

    private readonly delegate* unmanaged[Cdecl]<nuint, uint> _isError;
    private readonly delegate* unmanaged[Cdecl]<nint> _createDecoder;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint> _freeDecoder;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int, nuint> _setDecoderParameter;
    private readonly delegate* unmanaged[Cdecl]<nint, Piece*, Piece*, nuint> _decompress;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint> _compressBound;
    private readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, int, nuint> _compress;

    private ZstdCodec(nint[] functions)
    {
        _isError = (delegate* unmanaged[Cdecl]<nuint, uint>)functions[0];
        _createDecoder = (delegate* unmanaged[Cdecl]<nint>)functions[1];
        _freeDecoder = (delegate* unmanaged[Cdecl]<nint, nuint>)functions[2];
        _setDecoderParameter = (delegate* unmanaged[Cdecl]<nint, int, int, nuint>)functions[3];
        _decompress = (delegate* unmanaged[Cdecl]<nint, Piece*, Piece*, nuint>)functions[4];
        _compressBound = (delegate* unmanaged[Cdecl]<nuint, nuint>)functions[5];
        _compress = (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, int, nuint>)functions[6];
    }

    /// <summary>The codec, null where the system has no libzstd.</summary>
    public static ZstdCodec? TryLoad()
    {
        nint[]? functions = CodecLibrary.TryLoad(
            "zstd",
            "1",
            "ZSTD_isError",
            "ZSTD_createDCtx",
            "ZSTD_freeDCtx",
            "ZSTD_DCtx_setParameter",
            "ZSTD_decompressStream",
            "ZSTD_compressBound",
            "ZSTD_compress");
        return functions is null ? null : new ZstdCodec(functions);
    }

    public override DecompressionStatus Decompress(in ReadOnlySequence<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        using Decoder decoder = new(this);
        return decoder.Decompress(input, maxOutputBytes, output);
    }

    public override void Compress(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        Span<byte> target = output.GetSpan(checked((int)_compressBound((nuint)input.Length)));
        fixed (byte* source = input)
        fixed (byte* destination = target)
        {
            nuint size = _compress(destination, (nuint)target.Length, source, (nuint)input.Length, DefaultLevel);
            if (_isError(size) != 0)
            {
                throw new InsufficientMemoryException("libzstd could not compress: it had no memory");
            }

            output.Advance((int)size);
        }
    }

    private sealed class Decoder : StreamDecoder
    {
        private readonly ZstdCodec _codec;
        private readonly nint _context;

        public Decoder(ZstdCodec codec)
        {
            _codec = codec;
            _context = codec._createDecoder();
            if (_context == 0)
            {
                throw new InsufficientMemoryException("libzstd had no memory for a decoder");
            }

            // Refused only outside 10 to 31.
            codec._setDecoderParameter(_context, WindowLogMaxParameter, MaxWindowLog);
        }

        public override void Dispose() => _codec._freeDecoder(_context);

        protected override State Step(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int produced)
        {
            byte nothing = 0;
            nuint hint;
            Piece input;
            Piece output;
            fixed (byte* from = source)
            fixed (byte* to = target)
            {
                input = new Piece { Start = from is null ? &nothing : from, Size = (nuint)source.Length };
                output = new Piece { Start = to, Size = (nuint)target.Length };
                hint = _codec._decompress(_context, &output, &input);
            }

            if (_codec._isError(hint) != 0)
            {
                consumed = produced = 0;
                return State.Malformed;
            }

            consumed = (int)input.Position;
            produced = (int)output.Position;
            return hint == 0 ? State.FrameEnded : State.WithinFrame;
        }
    }

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer of zstd.h, which are laid out alike.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Piece
    {
        public byte* Start;
        public nuint Size;
        public nuint Position;
    }
}
