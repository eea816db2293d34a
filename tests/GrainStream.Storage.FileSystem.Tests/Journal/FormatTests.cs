using System.Globalization;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Journal;
using GrainStream.Storage.FileSystem.Tests.Support;

namespace GrainStream.Storage.FileSystem.Tests.Journal;

/// <summary>The bytes of docs/formats/journal.md, so that they cannot change unnoticed. What was once written must stay readable.</summary>
public sealed class FormatTests
{
    private const string Head =
        "47534a4f55524e4c" + // magic
        "c65c548a" + "01000000" + // crc, format
        "0700000000000000" + "0080000000000000" + "0040000000000000" + // number, base, length
        "000102030405060708090a0b0c0d0e0f"; // journal id

    private const string Frame =
        "05000000" + "9daf0a83" + // payload length, crc
        "0090000000000000" + "0080000000000000" + // position, synced position
        "101112131415161718191a1b1c1d1e1f" + "02000000" + "03000000" + // topic id, partition, epoch
        "2a00000000000000" + "01" + "01" + "000000000000" + // base offset, kind, format
        "68656c6c6f" + "000000"; // payload, padding

    private const string TrimmedFrame =
        "08000000" + "0f1834f8" + // payload length, crc
        "4890000000000000" + "4890000000000000" + // position, synced position
        "00000000000000000000000000000000" + "ffffffff" + "ffffffff" + // no topic, no partition, no epoch
        "0000000000000000" + "09" + "01" + "000000000000" + // base offset, kind, format
        "0080000000000000"; // where the journal begins

    private static readonly Guid JournalId = new(Convert.FromHexString("000102030405060708090a0b0c0d0e0f"));

    [Fact]
    public void A_file_head_is_these_bytes()
    {
        byte[] block = new JournalFileHeader(7, new JournalPosition(0x8000), 0x4000, JournalId).ToBlock();
        Assert.Equal(4096, block.Length);
        Assert.Equal(Head, Hex(block.AsSpan(0, Head.Length / 2)));
        Assert.True(block.AsSpan(Head.Length / 2).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(JournalFileHeaderStatus.Valid, JournalFileHeader.TryRead(block, out JournalFileHeader header));
        Assert.Equal((7L, 0x8000L, 0x4000L, JournalId), (header.Number, header.Base.Value, header.Length, header.JournalId));
    }

    [Fact]
    public async Task A_journal_of_these_bytes_is_replayed()
    {
        byte[] file = new byte[0x4000];
        Convert.FromHexString(Head).CopyTo(file, 0);
        Convert.FromHexString(Frame + TrimmedFrame).CopyTo(file, 4096);
        var rig = new Rig();
        rig.Disk.Put(7, file);
        await using FileJournal journal = rig.Open();
        (FrameHeader header, byte[] payload) = Assert.Single(rig.Replay.Frames);
        Assert.Equal("hello"u8, payload);
        Assert.Equal(FrameKind.Batch, header.Kind);
        Assert.Equal(new PartitionId(new TopicId(new Guid(Convert.FromHexString("101112131415161718191a1b1c1d1e1f"))), 2), header.Partition);
        Assert.Equal((3, 42L, 0x9000L, 0x8000L), (header.Epoch.Value, header.BaseOffset.Value, header.Position.Value, header.SyncedPosition.Value));

        // And it goes on behind them.
        Assert.Equal(0x9000 + ((Frame + TrimmedFrame).Length / 2), journal.Append(rig.Appender, 0, 0, 10).Value);
    }

    [Fact]
    public void A_journal_that_begins_later_than_it_says_is_damaged()
    {
        byte[] file = new byte[0x4000];
        Convert.FromHexString(Head).CopyTo(file, 0);
        Convert.FromHexString(Frame).CopyTo(file, 4096);
        var rig = new Rig();
        rig.Disk.Put(7, file);
        CorruptDataException error = Assert.Throws<CorruptDataException>(() => rig.Open());
        Assert.Contains("memory/6.journal is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_change_of_a_file_head_is_noticed()
    {
        byte[] block = new JournalFileHeader(7, new JournalPosition(0x8000), 0x4000, JournalId).ToBlock();
        for (int i = 0; i < block.Length; i++)
        {
            block[i] ^= 4;
            Assert.NotEqual(JournalFileHeaderStatus.Valid, JournalFileHeader.TryRead(block, out _));
            block[i] ^= 4;
        }
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLower(CultureInfo.InvariantCulture);
}
