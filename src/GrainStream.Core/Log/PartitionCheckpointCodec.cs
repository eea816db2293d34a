using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using GrainStream.Protocol;

namespace GrainStream.Core.Log;

/// <summary>
/// A <see cref="PartitionCheckpoint"/> as the payload of a journal frame. Little-endian.
/// <code>
///  0 format u8 = 1 | 1 zero, 3 bytes | 4 epochs i32 | 8 producers i32 | 12 runs i32
/// 16 log start i64 | 24 tiered end i64 | 32 log end i64 | 40 max timestamp i64
/// 48 epochs, 12 bytes each:    epoch i32, start offset i64
///    producers, 11 + 24 n:     id i64, epoch i16, n u8, then n batches: base offset i64, append time i64, last offset delta i32, last sequence i32
///    runs, 48 bytes each:      base offset i64, end offset i64, start i64, end i64, max timestamp i64, bytes i64
/// </code>
/// </summary>
public static class PartitionCheckpointCodec
{
    private const byte Format = 1;
    private const int HeadSize = 48;
    private const int EpochSize = 12;
    private const int ProducerSize = 11;
    private const int BatchSize = 24;
    private const int RunSize = 48;

    /// <summary>The checkpoint's bytes.</summary>
    public static byte[] Encode(PartitionCheckpoint checkpoint)
    {
        int size = HeadSize + (checkpoint.Epochs.Count * EpochSize) + (checkpoint.Runs.Count * RunSize)
            + checkpoint.Producers.Sum(producer => ProducerSize + (producer.Batches.Count * BatchSize));
        byte[] bytes = new byte[size];
        Span<byte> head = bytes;
        head[0] = Format;
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], checkpoint.Epochs.Count);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], checkpoint.Producers.Count);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], checkpoint.Runs.Count);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], checkpoint.LogStartOffset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], checkpoint.TieredEnd.Value);
        BinaryPrimitives.WriteInt64LittleEndian(head[32..], checkpoint.LogEndOffset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(head[40..], checkpoint.MaxTimestamp);
        Span<byte> rest = WriteEpochs(head[HeadSize..], checkpoint.Epochs);
        rest = WriteProducers(rest, checkpoint.Producers);
        WriteRuns(rest, checkpoint.Runs);
        return bytes;
    }

    /// <summary>Reads a checkpoint. Never throws: bytes that are none, or one that contradicts itself, give false and say why.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> source, [NotNullWhen(true)] out PartitionCheckpoint? checkpoint, [NotNullWhen(false)] out string? error)
    {
        checkpoint = null;
        if (source.Length < HeadSize || source[0] != Format || source[1] != 0 || source[2] != 0 || source[3] != 0)
        {
            error = source.Length > 0 && source[0] != Format
                ? $"its format {source[0]} is not known; was it written by a newer GrainStream?"
                : "it has no head";
            return false;
        }

        int epochs = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        int producers = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        int runs = BinaryPrimitives.ReadInt32LittleEndian(source[12..]);
        ReadOnlySpan<byte> rest = source[HeadSize..];

        // Counts are checked against the bytes there are before anything is allocated for them.
        if (epochs < 0 || producers < 0 || runs < 0
            || ((long)epochs * EpochSize) + ((long)producers * ProducerSize) + ((long)runs * RunSize) > rest.Length
            || !TryReadProducers(rest[(epochs * EpochSize)..], producers, out RememberedProducer[] remembered, out int producerBytes)
            || rest.Length != (epochs * EpochSize) + producerBytes + ((long)runs * RunSize))
        {
            error = $"{epochs} epochs, {producers} producers and {runs} runs do not fill its {source.Length} bytes";
            return false;
        }

        var decoded = new PartitionCheckpoint
        {
            LogStartOffset = new Offset(BinaryPrimitives.ReadInt64LittleEndian(source[16..])),
            TieredEnd = new Offset(BinaryPrimitives.ReadInt64LittleEndian(source[24..])),
            LogEndOffset = new Offset(BinaryPrimitives.ReadInt64LittleEndian(source[32..])),
            MaxTimestamp = BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
            Epochs = ReadEpochs(rest, epochs),
            Producers = remembered,
            Runs = ReadRuns(rest[((epochs * EpochSize) + producerBytes)..], runs),
        };
        error = decoded.Contradiction();
        checkpoint = error is null ? decoded : null;
        return error is null;
    }

    private static Span<byte> WriteEpochs(Span<byte> rest, IReadOnlyList<EpochStart> epochs)
    {
        foreach (EpochStart epoch in epochs)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, epoch.Epoch.Value);
            BinaryPrimitives.WriteInt64LittleEndian(rest[4..], epoch.Start.Value);
            rest = rest[EpochSize..];
        }

        return rest;
    }

    private static EpochStart[] ReadEpochs(ReadOnlySpan<byte> rest, int count)
    {
        var epochs = new EpochStart[count];
        for (int i = 0; i < count; i++)
        {
            epochs[i] = new EpochStart(
                new LeaderEpoch(BinaryPrimitives.ReadInt32LittleEndian(rest)), new Offset(BinaryPrimitives.ReadInt64LittleEndian(rest[4..])));
            rest = rest[EpochSize..];
        }

        return epochs;
    }

    private static Span<byte> WriteProducers(Span<byte> rest, IReadOnlyList<RememberedProducer> producers)
    {
        foreach (RememberedProducer producer in producers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, producer.Id);
            BinaryPrimitives.WriteInt16LittleEndian(rest[8..], producer.Epoch);
            rest[10] = (byte)producer.Batches.Count;
            rest = rest[ProducerSize..];
            foreach (ProducedBatch batch in producer.Batches)
            {
                BinaryPrimitives.WriteInt64LittleEndian(rest, batch.BaseOffset.Value);
                BinaryPrimitives.WriteInt64LittleEndian(rest[8..], batch.LogAppendTimestamp.UnixMs);
                BinaryPrimitives.WriteInt32LittleEndian(rest[16..], batch.LastOffsetDelta);
                BinaryPrimitives.WriteInt32LittleEndian(rest[20..], batch.LastSequence);
                rest = rest[BatchSize..];
            }
        }

        return rest;
    }

    private static bool TryReadProducers(ReadOnlySpan<byte> source, int count, out RememberedProducer[] producers, out int bytes)
    {
        producers = new RememberedProducer[count];
        bytes = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> rest = source[bytes..];
            if (rest.Length < ProducerSize || rest.Length < ProducerSize + (rest[10] * BatchSize))
            {
                return false;
            }

            var batches = new ProducedBatch[rest[10]];
            for (int batch = 0; batch < batches.Length; batch++)
            {
                ReadOnlySpan<byte> from = rest[(ProducerSize + (batch * BatchSize))..];
                batches[batch] = new ProducedBatch(
                    new Offset(BinaryPrimitives.ReadInt64LittleEndian(from)),
                    new Timestamp(BinaryPrimitives.ReadInt64LittleEndian(from[8..])),
                    BinaryPrimitives.ReadInt32LittleEndian(from[16..]),
                    BinaryPrimitives.ReadInt32LittleEndian(from[20..]));
            }

            producers[i] = new RememberedProducer(
                BinaryPrimitives.ReadInt64LittleEndian(rest), BinaryPrimitives.ReadInt16LittleEndian(rest[8..]), batches);
            bytes += ProducerSize + (batches.Length * BatchSize);
        }

        return true;
    }

    private static void WriteRuns(Span<byte> rest, IReadOnlyList<TailRun> runs)
    {
        foreach (TailRun run in runs)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, run.BaseOffset.Value);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], run.EndOffset.Value);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], run.Start.Value);
            BinaryPrimitives.WriteInt64LittleEndian(rest[24..], run.End.Value);
            BinaryPrimitives.WriteInt64LittleEndian(rest[32..], run.MaxTimestamp);
            BinaryPrimitives.WriteInt64LittleEndian(rest[40..], run.Bytes);
            rest = rest[RunSize..];
        }
    }

    private static TailRun[] ReadRuns(ReadOnlySpan<byte> rest, int count)
    {
        var runs = new TailRun[count];
        for (int i = 0; i < count; i++)
        {
            runs[i] = new TailRun(
                new Offset(BinaryPrimitives.ReadInt64LittleEndian(rest)),
                new Offset(BinaryPrimitives.ReadInt64LittleEndian(rest[8..])),
                new JournalPosition(BinaryPrimitives.ReadInt64LittleEndian(rest[16..])),
                new JournalPosition(BinaryPrimitives.ReadInt64LittleEndian(rest[24..])),
                BinaryPrimitives.ReadInt64LittleEndian(rest[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[40..]));
            rest = rest[RunSize..];
        }

        return runs;
    }
}
