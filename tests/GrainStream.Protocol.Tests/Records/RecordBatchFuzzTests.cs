using System.Buffers;
using GrainStream.Protocol.Records;
using Xunit.Abstractions;
using Record = GrainStream.Protocol.Records.Record;

namespace GrainStream.Protocol.Tests.Records;

/// <summary>Random and damaged bytes: no exception, no unending loop, no allocation beyond a refusal's text.</summary>
public sealed class RecordBatchFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 20_000;

    private static readonly byte[][] Originals = [.. RealBatches.OfFiveRecords.Select(RealBatches.Load)];

    [Fact]
    public void The_validator_answers_whatever_the_bytes_and_lets_nothing_unsound_through()
    {
        Random random = Seeds.NewRandom(output);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Mutations.Mutate(Originals[random.Next(Originals.Length)], random);
            if (random.Next(2) == 0)
            {
                GiveRightChecksum(bytes);
            }

            ReadOnlySequence<byte> sequence = Sequences.CutAtRandom(bytes, random, random.Next(1, 400));
            int maxBatchBytes = random.Next(2_000);
            RecordBatchVerdict verdict = RecordBatchValidator.Validate(sequence, maxBatchBytes, out RecordBatchHeader header);
            Assert.Equal(verdict.IsValid, verdict.Reason is null);
            if (verdict.IsValid)
            {
                AssertSound(header, bytes, maxBatchBytes);
            }
        }
    }

    [Fact]
    public void The_reader_ends_whatever_the_bytes_and_allocates_nothing()
    {
        Random random = Seeds.NewRandom(output);
        byte[] uncompressed = RealBatches.Load("kafka-python-none");
        byte[] records = uncompressed[RecordBatchHeader.Size..];
        RecordBatchHeader header = RealBatches.HeaderOf(uncompressed);
        ReadAll(header, records);
        int malformed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Mutations.Mutate(records, random);
            RecordBatchHeader given = random.Next(4) == 0 ? header with { RecordCount = AnyInt(), LastOffsetDelta = AnyInt() } : header;
            long before = GC.GetAllocatedBytesForCurrentThread();
            malformed += ReadAll(given, bytes) ? 1 : 0;
            if (GC.GetAllocatedBytesForCurrentThread() != before)
            {
                // What the runtime allocates when a path runs for the first time is not the reader's, and does not come again.
                before = GC.GetAllocatedBytesForCurrentThread();
                ReadAll(given, bytes);
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }

        Assert.InRange(malformed, Rounds / 2, Rounds);

        int AnyInt() => random.Next(int.MinValue, int.MaxValue);
    }

    private static void AssertSound(in RecordBatchHeader header, byte[] bytes, int maxBatchBytes)
    {
        Assert.InRange(bytes.Length, RecordBatchHeader.Size, maxBatchBytes);
        Assert.Equal(bytes.Length, header.TotalSize);
        Assert.Equal(header.Crc, Crc32C.Compute(bytes.AsSpan(RecordBatchHeader.CrcCoverageStart)));
        Assert.Equal(0, header.BaseOffset);
        Assert.True(header.RecordCount > 0);
        Assert.Equal(header.RecordCount, header.NextOffset);
        Assert.False(header.IsControl || header.IsLogAppendTime);
        Assert.InRange(header.Compression, CompressionType.None, CompressionType.Zstd);
        Assert.True(!header.HasProducer || (header.ProducerEpoch >= 0 && header.BaseSequence >= 0 && header.LastSequence >= 0));
    }

    /// <summary>Reads to the end; whether the records were malformed.</summary>
    private static bool ReadAll(in RecordBatchHeader header, byte[] records)
    {
        RecordReader reader = new(header, records);
        long read = 0;
        while (reader.TryRead(out Record record))
        {
            read += record.Key.Bytes.Length + record.Value.Bytes.Length;
            int headers = 0;
            foreach (RecordHeader recordHeader in record.Headers)
            {
                read += recordHeader.Key.Length + recordHeader.Value.Bytes.Length;
                headers++;
            }

            if (headers != record.Headers.Count)
            {
                throw new InvalidOperationException("a checked header could not be read");
            }
        }

        if (read > records.Length)
        {
            throw new InvalidOperationException("more bytes were read than there are");
        }

        return reader.IsMalformed;
    }

    private static void GiveRightChecksum(byte[] bytes)
    {
        if (RecordBatchHeader.TryRead(bytes, out RecordBatchHeader header))
        {
            header.WithCrcOf(bytes.AsSpan(RecordBatchHeader.Size)).Write(bytes);
        }
    }
}
