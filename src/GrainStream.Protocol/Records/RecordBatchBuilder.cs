namespace GrainStream.Protocol.Records;

/// <summary>
/// Builds record batches: append records, <see cref="Build"/>, use the bytes, <see cref="Reset"/>, begin again. One growing
/// buffer from the pool is used for every batch of a builder; appending allocates nothing once it is large enough. For one
/// thread at a time.
/// </summary>
/// <example>
/// <code>
/// using RecordBatchBuilder builder = new();
/// builder.AddHeader("trace"u8, "4711"u8);
/// builder.Append(timestampMs, "key"u8, "value"u8);
/// ReadOnlyMemory&lt;byte&gt; batch = builder.Build();
/// </code>
/// </example>
public sealed class RecordBatchBuilder : IDisposable
{
    private const int NoSequence = -1;
    private const short NoProducerEpoch = -1;
    private const long NoTimestamp = -1;

    private readonly PooledBuffer _batch = new();
    private readonly PooledBuffer _pendingHeaders = new();
    private readonly PooledBuffer _compressed = new();
    private readonly CompressionType _compression;
    private int _pendingHeaderCount;
    private long _baseTimestampMs;
    private long _maxTimestampMs;
    private long _producerId;
    private short _producerEpoch;
    private int _baseSequence;

    /// <summary>
    /// A builder of batches of that compression, which must be one that <see cref="RecordCodec.IsSupported"/>.
    /// </summary>
    /// <exception cref="NotSupportedException">The codec is not defined, or its library is missing.</exception>
    public RecordBatchBuilder(CompressionType compression = CompressionType.None)
    {
        if (!RecordCodec.IsSupported(compression))
        {
            throw new NotSupportedException($"batches cannot be built here with compression {compression}");
        }

        _compression = compression;
        Reset();
    }

    /// <summary>Records appended since the last <see cref="Reset"/>.</summary>
    public int RecordCount { get; private set; }

    /// <summary>Bytes of the batch so far, head included, before compression.</summary>
    public int UncompressedSize => _batch.Length;

    /// <summary>Offset of the first record; producers send 0 and leave it to the broker. Kept by <see cref="Reset"/>.</summary>
    public long BaseOffset { get; set; }

    /// <summary>Epoch of the leader that appends the batch, -1 if that is not known yet. Kept by <see cref="Reset"/>.</summary>
    public int PartitionLeaderEpoch { get; set; } = -1;

    /// <summary>The batch belongs to a transaction of its producer. Kept by <see cref="Reset"/>.</summary>
    public bool IsTransactional { get; set; }

    /// <summary>The records are for the protocol itself, such as transaction markers; brokers only. Kept by <see cref="Reset"/>.</summary>
    public bool IsControl { get; set; }

    /// <summary>Makes the batch one of an idempotent producer (KIP-98); until the next <see cref="Reset"/>.</summary>
    /// <param name="producerId">As InitProducerId gave it, at least 0.</param>
    /// <param name="producerEpoch">As InitProducerId gave it, at least 0.</param>
    /// <param name="baseSequence">Sequence of the first record, at least 0; the others follow on.</param>
    public void SetProducer(long producerId, short producerEpoch, int baseSequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(producerId);
        ArgumentOutOfRangeException.ThrowIfNegative(producerEpoch);
        ArgumentOutOfRangeException.ThrowIfNegative(baseSequence);
        _producerId = producerId;
        _producerEpoch = producerEpoch;
        _baseSequence = baseSequence;
    }

    /// <summary>Adds a header to the record that is appended next.</summary>
    /// <param name="key">Name, UTF-8 by convention. Copied.</param>
    /// <param name="value">Value, or null. Copied.</param>
    public void AddHeader(ReadOnlySpan<byte> key, NullableBytes value)
    {
        Span<byte> target = _pendingHeaders.GetSpan(checked((int)(SizeOf(key) + SizeOf(value))));
        int position = WriteBytes(target, key);
        position += WriteBytes(target[position..], value);
        _pendingHeaders.Advance(position);
        _pendingHeaderCount++;
    }

    /// <summary>Appends a record with the headers added since the last one.</summary>
    /// <param name="timestampMs">Unix milliseconds; the batch keeps the first as its base and the greatest as its maximum.</param>
    /// <param name="key">Key, or null. Copied.</param>
    /// <param name="value">Value, or null. Copied.</param>
    public void Append(long timestampMs, NullableBytes key, NullableBytes value)
    {
        if (RecordCount == 0)
        {
            _baseTimestampMs = timestampMs;
            _maxTimestampMs = timestampMs;
        }

        long timestampDelta = timestampMs - _baseTimestampMs;
        long bodySize = 1L
            + RecordVarint.SizeOf(timestampDelta)
            + RecordVarint.SizeOf(RecordCount)
            + SizeOf(key)
            + SizeOf(value)
            + RecordVarint.SizeOf(_pendingHeaderCount)
            + _pendingHeaders.Length;
        if (bodySize > Array.MaxLength - RecordVarint.MaxSize)
        {
            throw new ArgumentException($"a record of {bodySize} bytes does not fit into a batch", nameof(value));
        }

        // Room for all of it before anything is written, so that a record that does not fit leaves no part of it behind.
        Span<byte> target = _batch.GetSpan((int)bodySize + RecordVarint.MaxSize);
        int position = RecordVarint.Write(target, bodySize);
        target[position++] = 0;
        position += RecordVarint.Write(target[position..], timestampDelta);
        position += RecordVarint.Write(target[position..], RecordCount);
        position += WriteBytes(target[position..], key);
        position += WriteBytes(target[position..], value);
        position += RecordVarint.Write(target[position..], _pendingHeaderCount);
        _pendingHeaders.WrittenSpan.CopyTo(target[position..]);
        _batch.Advance(position + _pendingHeaders.Length);

        _pendingHeaders.Clear();
        _pendingHeaderCount = 0;
        _maxTimestampMs = Math.Max(_maxTimestampMs, timestampMs);
        RecordCount++;
    }

    /// <summary>
    /// Completes the batch and gives its bytes, valid until the builder's next use. More records may be appended after it; they and
    /// the ones before are in what the next <see cref="Build"/> gives.
    /// </summary>
    /// <exception cref="InvalidOperationException">No record was appended.</exception>
    public ReadOnlyMemory<byte> Build()
    {
        if (RecordCount == 0)
        {
            throw new InvalidOperationException("a batch needs at least one record");
        }

        PooledBuffer target = _batch;
        if (_compression != CompressionType.None)
        {
            target = _compressed;
            target.Clear();
            ReserveHead(target);
            RecordCodec.Compress(_compression, _batch.WrittenSpan[RecordBatchHeader.Size..], target);
        }

        RecordBatchHeader header = new(
            BaseOffset,
            target.Length - RecordBatchHeader.LengthOverhead,
            PartitionLeaderEpoch,
            RecordBatchHeader.CurrentMagic,
            Crc: 0,
            Attributes,
            RecordCount - 1,
            _baseTimestampMs,
            _maxTimestampMs,
            _producerId,
            _producerEpoch,
            _baseSequence,
            RecordCount);
        header.WithCrcOf(target.WrittenSpan[RecordBatchHeader.Size..]).Write(target.WrittenBytes);
        return target.WrittenMemory;
    }

    /// <summary>Forgets the records, the headers of a record not appended, and the producer.</summary>
    public void Reset()
    {
        _batch.Clear();
        ReserveHead(_batch);
        _pendingHeaders.Clear();
        _pendingHeaderCount = 0;
        RecordCount = 0;
        _baseTimestampMs = NoTimestamp;
        _maxTimestampMs = NoTimestamp;
        _producerId = -1;
        _producerEpoch = NoProducerEpoch;
        _baseSequence = NoSequence;
    }

    /// <summary>Gives the buffers back; batches built before must no longer be used.</summary>
    public void Dispose()
    {
        _batch.Dispose();
        _pendingHeaders.Dispose();
        _compressed.Dispose();
    }

    private short Attributes => (short)((byte)_compression
        | (IsTransactional ? RecordBatchAttributes.Transactional : 0)
        | (IsControl ? RecordBatchAttributes.Control : 0));

    private static void ReserveHead(PooledBuffer target)
    {
        target.GetSpan(RecordBatchHeader.Size);
        target.Advance(RecordBatchHeader.Size);
    }

    private static long SizeOf(NullableBytes bytes) =>
        bytes.IsNull ? RecordVarint.SizeOf(-1) : RecordVarint.SizeOf(bytes.Bytes.Length) + (long)bytes.Bytes.Length;

    private static int WriteBytes(Span<byte> target, NullableBytes bytes)
    {
        if (bytes.IsNull)
        {
            return RecordVarint.Write(target, -1);
        }

        int position = RecordVarint.Write(target, bytes.Bytes.Length);
        bytes.Bytes.CopyTo(target[position..]);
        return position + bytes.Bytes.Length;
    }
}
