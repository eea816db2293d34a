using System.Buffers.Binary;
using System.Collections.Immutable;
using GrainStream.Core.Log.Tiering;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;

namespace GrainStream.Core.Tests.Log.Tiering;

public sealed class TieredFormatTests
{
    private static readonly SegmentFooter Footer = NewFooter();

    [Fact]
    public void A_footer_is_read_as_it_was_written()
    {
        byte[] content = SegmentFooterCodec.Encode(Footer, out uint crc);
        Assert.True(SegmentFooterCodec.TryDecode(content, out SegmentFooter? read, out SegmentTrailer trailer, out StoredFault fault), fault.Reason);
        Assert.Equal(content, SegmentFooterCodec.Encode(read, out _));
        Assert.Equal((crc, Footer.DataLength, Footer.DataLength + content.Length), (trailer.FooterCrc, trailer.DataLength, trailer.ObjectLength));
        Assert.True(Footer.Chunks.SequenceEqual(read.Chunks));
        Assert.True(Footer.Producers.SequenceEqual(read.Producers));
        Assert.True(Footer.AbortedTransactions.SequenceEqual(read.AbortedTransactions));
    }

    [Fact]
    public void Kafka_takes_the_footer_for_a_batch_longer_than_any_file()
    {
        byte[] content = SegmentFooterCodec.Encode(Footer, out _);
        Assert.Equal(int.MaxValue, BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(8)));
    }

    [Fact]
    public void Every_flipped_bit_of_a_footer_or_trailer_is_noticed()
    {
        byte[] content = SegmentFooterCodec.Encode(Footer, out _);
        EachFlip(content, flipped => SegmentFooterCodec.TryDecode(flipped, out _, out _, out StoredFault fault) ? null : fault);
    }

    [Fact]
    public void Every_flipped_bit_of_a_manifest_is_noticed()
    {
        Manifest manifest = Entries.Empty();
        manifest = manifest.Append([.. Enumerable.Range(0, 300).Select(i => Entries.Entry(i, i + 1))], Entries.Epochs, [], Entries.Stamp).Manifest;
        byte[] content = ManifestCodec.Encode(manifest);
        EachFlip(content, flipped => ManifestCodec.TryDecode(flipped, Entries.Partition, out _, out StoredFault fault) ? null : fault);
    }

    [Fact]
    public void Every_flipped_bit_of_a_page_is_noticed()
    {
        ManifestPage page = ManifestPage.Create(Entries.Partition, [.. Enumerable.Range(0, 40).Select(i => Entries.Entry(i, i + 1))], 0, 1);
        byte[] content = ManifestPageCodec.Encode(Entries.Partition, page.Segments, out _);
        EachFlip(content, flipped => ManifestPageCodec.TryDecode(flipped, Entries.Partition, page.Reference, out _, out StoredFault fault) ? null : fault);
    }

    [Fact]
    public void Objects_cut_short_or_lengthened_are_noticed()
    {
        byte[] footer = SegmentFooterCodec.Encode(Footer, out _);
        byte[] manifest = ManifestCodec.Encode(Entries.Empty());
        for (int length = 0; length < footer.Length; length++)
        {
            Assert.False(SegmentFooterCodec.TryDecode(footer.AsSpan(0, length), out _, out _, out _));
        }

        for (int length = 0; length < manifest.Length; length++)
        {
            Assert.False(ManifestCodec.TryDecode(manifest.AsSpan(0, length), Entries.Partition, out _, out _));
        }

        Assert.False(SegmentFooterCodec.TryDecode([.. footer, 0], out _, out _, out _));
        Assert.False(ManifestCodec.TryDecode([.. manifest, 0], Entries.Partition, out _, out _));
    }

    [Fact]
    public void A_sound_object_in_another_ones_place_is_noticed()
    {
        var other = new PartitionId(Entries.Partition.Topic, 9);
        Assert.False(ManifestCodec.TryDecode(ManifestCodec.Encode(Entries.Empty()), other, out _, out _));
        ManifestPage page = ManifestPage.Create(Entries.Partition, [Entries.Entry(0, 1)], 0, 1);
        ManifestPage later = ManifestPage.Create(Entries.Partition, [Entries.Entry(0, 1)], 0, 1);
        byte[] content = ManifestPageCodec.Encode(Entries.Partition, later.Segments, out _);
        Assert.False(ManifestPageCodec.TryDecode(content, Entries.Partition, page.Reference, out _, out StoredFault fault));
        Assert.Contains("not the one", fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_refused_without_an_exception()
    {
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            Assert.False(ManifestCodec.TryDecode(bytes, Entries.Partition, out _, out _));
            Assert.False(SegmentFooterCodec.TryDecode(bytes, out _, out _, out _));
            Assert.False(SegmentName.TryParse(Convert.ToHexString(bytes), out _));
        }
    }

    [Fact]
    public void Names_are_read_as_they_are_written_and_in_no_other_spelling()
    {
        var segment = new SegmentName(Entries.Partition, new Offset(42), new LeaderEpoch(7), 0xabc);
        Assert.Equal("6f9619ff8b86d011b42d00cf4fc964ff/3/00000000000000000042-7-0000000000000abc.segment", segment.ToString());
        Assert.True(SegmentName.TryParse(segment.ToString(), out SegmentName read));
        Assert.Equal(segment, read);
        Assert.False(SegmentName.TryParse(segment.ToString().ToUpperInvariant(), out _));
        Assert.False(SegmentName.TryParse(segment.ToString().Replace("/3/", "/03/", StringComparison.Ordinal), out _));

        var page = new PageName(Entries.Partition, new Offset(42), 0xdef);
        Assert.True(PageName.TryParse(page.ToString(), out PageName readPage));
        Assert.Equal(page, readPage);
        Assert.False(PageName.TryParse(segment.ToString(), out _));
        Assert.False(SegmentName.TryParse(page.ToString(), out _));

        Assert.True(ManifestName.TryParse(ManifestName.Of(Entries.Partition), out PartitionId partition));
        Assert.Equal(Entries.Partition, partition);
        Assert.False(ManifestName.TryParse("cluster", out _));
        Assert.True(PartitionFolder.TryParseTopic(PartitionFolder.OfTopic(Entries.Partition.Topic), out TopicId topic));
        Assert.Equal(Entries.Partition.Topic, topic);
    }

    [Fact]
    public void Chunks_are_found_by_offset_and_by_time()
    {
        Assert.Equal(0, Footer.FindChunk(new Offset(0)));
        for (int chunk = 0; chunk < Footer.Chunks.Length; chunk++)
        {
            Assert.Equal(chunk, Footer.FindChunk(Footer.Chunks[chunk].BaseOffset));
            Assert.Equal(chunk, Footer.FindChunk(Footer.Chunks[chunk].BaseOffset + 1));
            Assert.Equal(chunk, Footer.FindChunkByTimestamp(Footer.Chunks[chunk].MaxTimestamp, 0));
        }

        Assert.Equal(-1, Footer.FindChunkByTimestamp(Footer.MaxTimestamp + 1, 0));
    }

    [Fact]
    public void Producers_of_a_footer_are_the_last_words_of_each()
    {
        var builder = new SegmentFooterBuilder(Entries.Partition, Offset.Zero, new LeaderEpoch(0));
        builder.Add(Batches.From(5, 0, 10, 3) with { BaseOffset = 0 }, 1);
        builder.Add(Batches.From(6, 0, 0, 1) with { BaseOffset = 3 }, 1);
        builder.Add(Batches.From(5, 0, 13, 2) with { BaseOffset = 4 }, 1);
        builder.CarryProducer(new SegmentProducer(new ProducerId(5), 0, 1, new Offset(2), 1, 0));
        builder.CarryProducer(new SegmentProducer(new ProducerId(7), 2, 1, new Offset(1), 1, 0));
        SegmentFooter footer = builder.Build(new Offset(10), new Timestamp(1));
        Assert.Equal([(7, 1), (6, 0), (5, 14)], footer.Producers.Select(producer => ((int)producer.Id.Value, producer.LastSequence)));
    }

    private static void EachFlip(byte[] content, Func<byte[], StoredFault?> read)
    {
        Assert.Null(read(content));
        for (int at = 0; at < content.Length; at++)
        {
            content[at] ^= (byte)(1 << (at % 8));
            StoredFault? fault = read(content);
            Assert.True(fault is { } found && found.Position >= 0 && found.Position <= content.Length && found.Reason.Length > 0, $"byte {at}");
            content[at] ^= (byte)(1 << (at % 8));
        }
    }

    private static SegmentFooter NewFooter()
    {
        var builder = new SegmentFooterBuilder(Entries.Partition, Offset.Zero, new LeaderEpoch(2));
        for (int i = 0; i < 400; i++)
        {
            RecordBatchHeader batch = Batches.From(1000 + (i % 30), 0, i, 5) with { BaseOffset = 5 * i, BatchLength = 9_000, MaxTimestamp = 1_000 + i };
            builder.Add(batch, (uint)i);
        }

        return builder.Build(new Offset(2_000), new Timestamp(77)) with
        {
            AbortedTransactions = [new AbortedTransaction(new ProducerId(1), new Offset(1), new Offset(9), new Offset(1))],
        };
    }
}
