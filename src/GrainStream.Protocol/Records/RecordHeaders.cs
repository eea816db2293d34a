namespace GrainStream.Protocol.Records;

/// <summary>The headers of one record, in the order they were sent. Borrows the batch's bytes; costs nothing until enumerated.</summary>
public readonly ref struct RecordHeaders
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary><paramref name="bytes"/> must have been checked to hold exactly <paramref name="count"/> headers.</summary>
    internal RecordHeaders(ReadOnlySpan<byte> bytes, int count)
    {
        _bytes = bytes;
        Count = count;
    }

    public int Count { get; }

    public Enumerator GetEnumerator() => new(_bytes, Count);

    /// <summary>Finds the last header of that name, which is the one Kafka clients take where names repeat.</summary>
    public bool TryFindLast(ReadOnlySpan<byte> key, out NullableBytes value)
    {
        bool found = false;
        value = default;
        foreach (RecordHeader header in this)
        {
            if (header.Key.SequenceEqual(key))
            {
                value = header.Value;
                found = true;
            }
        }

        return found;
    }

    /// <summary>Reads the header at <paramref name="position"/> and moves behind it; false if the bytes there are none.</summary>
    internal static bool TryReadHeader(ReadOnlySpan<byte> bytes, scoped ref int position, out RecordHeader header)
    {
        if (RecordReader.TryReadBytes(bytes, ref position, out NullableBytes key) && !key.IsNull
            && RecordReader.TryReadBytes(bytes, ref position, out NullableBytes value))
        {
            header = new RecordHeader(key.Bytes, value);
            return true;
        }

        header = default;
        return false;
    }

    /// <summary>Walks over the headers.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _position;
        private int _remaining;

        internal Enumerator(ReadOnlySpan<byte> bytes, int count)
        {
            _bytes = bytes;
            _remaining = count;
        }

        public RecordHeader Current { get; private set; }

        public bool MoveNext()
        {
            if (_remaining == 0 || !TryReadHeader(_bytes, ref _position, out RecordHeader header))
            {
                return false;
            }

            _remaining--;
            Current = header;
            return true;
        }
    }
}
