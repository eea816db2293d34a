using System.Buffers.Binary;
using System.Globalization;
using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;
using GrainStream.Storage.FileSystem.Inspection;
using Microsoft.Win32.SafeHandles;

namespace GrainStream.Cli.Inspection;

/// <summary>Prints a journal file, frame by frame.</summary>
internal sealed class JournalDump : IDisposable
{
    private static readonly Table Frames = new(
        "frame",
        0,
        new("byte", 12),
        new("position", 14),
        new("kind", -10),
        new("partition", -38),
        new("epoch", 5),
        new("base offset", 12),
        new("next offset", 12),
        new("records", 7),
        new("payload bytes", 13),
        new("sound", -5),
        new("about", -1));

    private readonly SafeFileHandle _file;
    private readonly DumpOptions _arguments;
    private readonly InspectionOutput _output;
    private readonly BatchPrinter _records;
    private long _printed;

    private JournalDump(string path, DumpOptions arguments, InspectionOutput output)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _arguments = arguments;
        _output = output;
        _records = new BatchPrinter(output);
    }

    /// <summary>Prints it. False if it is damaged.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool Print(string path, DumpOptions arguments, InspectionOutput output)
    {
        using var dump = new JournalDump(path, arguments, output);
        JournalFileSummary file = JournalInspection.Dump(path, dump.Visit);
        output.Facts(
            "journal file",
            ("file", file.File),
            ("number", file.Number),
            ("base position", file.Base.Value),
            ("length", file.Length),
            ("journal id", file.JournalId),
            ("frames", file.Frames),
            ("frame bytes", file.FrameBytes));
        foreach (JournalFinding finding in file.Findings)
        {
            output.Finding(JournalFindings.Of(finding));
        }

        return file.Findings.All(finding => finding.Kind != JournalFindingKind.Damage);
    }

    public void Dispose()
    {
        _records.Dispose();
        _file.Dispose();
    }

    private void Visit(JournalFrameInfo frame)
    {
        if ((_arguments.Offset is { } from && !(frame.NextOffset > from)) || _printed >= _arguments.Limit)
        {
            return;
        }

        _printed++;
        FrameHeader head = frame.Header;
        bool isOfPartition = head.Kind is not (FrameKind.CleanStop or FrameKind.FileEnd or FrameKind.Trimmed);
        _output.Row(
            Frames,
            frame.Offset,
            head.Position.Value,
            head.Kind.ToString(),
            isOfPartition ? head.Partition : null,
            isOfPartition ? head.Epoch.Value : null,
            isOfPartition ? head.BaseOffset.Value : null,
            frame.NextOffset,
            frame.Records,
            head.PayloadLength,
            frame.IsIntact,
            frame.IsIntact ? About(frame) : null);
        if (_arguments.Records && frame.Records is not null)
        {
            _records.Print(PayloadOf(frame), _arguments.Offset ?? 0);
        }
    }

    private string? About(in JournalFrameInfo frame)
    {
        switch (frame.Header.Kind)
        {
            case FrameKind.Batch or FrameKind.BatchCopy:
                Protocol.Records.RecordBatchHeader.TryRead(PayloadOf(frame), out Protocol.Records.RecordBatchHeader batch);
                return BatchPrinter.Kind(batch);
            case FrameKind.Trimmed:
                long start = BinaryPrimitives.ReadInt64LittleEndian(PayloadOf(frame));
                return string.Create(CultureInfo.InvariantCulture, $"the journal begins at position {start}");
            case FrameKind.Checkpoint:
                return PartitionCheckpointCodec.TryDecode(PayloadOf(frame), out PartitionCheckpoint? state, out string? error)
                    ? $"log start {state.LogStartOffset}, tiered end {state.TieredEnd}, log end {state.LogEndOffset}, " +
                        $"{state.Runs.Count} runs, {state.Producers.Count} producers"
                    : error;
            default:
                return null;
        }
    }

    private byte[] PayloadOf(in JournalFrameInfo frame)
    {
        byte[] payload = new byte[frame.Header.PayloadLength];
        int read = 0;
        while (read < payload.Length)
        {
            int count = RandomAccess.Read(_file, payload.AsSpan(read), frame.Offset + FrameHeader.Size + read);
            if (count == 0)
            {
                throw new EndOfStreamException($"The file ends within the frame at byte {frame.Offset}, which was whole a moment ago.");
            }

            read += count;
        }

        return payload;
    }
}
