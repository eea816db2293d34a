using GrainStream.Core.Topics;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Inspection;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Inspection;

namespace GrainStream.Cli.Inspection;

/// <summary>Rebuilds a node's state from a sound journal, to compare it with the object store.</summary>
internal static class JournalReplayer
{
    // Frames follow each other: most payloads are in what was read for the one before.
    private const int BufferBytes = 1 << 20;

    /// <summary>What the node knows.</summary>
    /// <exception cref="CorruptDataException">The frames contradict each other.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ReplayedNode Replay(JournalVerification journal, int nodeId)
    {
        var replayed = new ReplayedJournal(nodeId);
        foreach (JournalFileSummary file in journal.Files)
        {
            using FileStream bytes = new(file.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
            JournalInspection.Dump(file.File, frame =>
            {
                if (frame.Header.Kind is not (FrameKind.CleanStop or FrameKind.FileEnd or FrameKind.Trimmed) && frame.Header.Position >= journal.Start)
                {
                    replayed.Take(frame.Header, file.Base, PayloadOf(bytes, frame));
                }
            });
        }

        return replayed.Finish();
    }

    private static byte[] PayloadOf(FileStream bytes, in JournalFrameInfo frame)
    {
        bool needsAll = !frame.Header.HoldsBatch || frame.Header.Partition == InternalTopics.CatalogPartition;
        byte[] payload = new byte[needsAll ? frame.Header.PayloadLength : Math.Min(frame.Header.PayloadLength, RecordBatchHeader.Size)];
        bytes.Position = frame.Offset + FrameHeader.Size;
        bytes.ReadExactly(payload);
        return payload;
    }
}
