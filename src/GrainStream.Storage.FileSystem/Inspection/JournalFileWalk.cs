using GrainStream.Core.Log;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Storage.FileSystem.Disk;
using GrainStream.Storage.FileSystem.Journal;

namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>
/// Goes through one journal file and, unlike recovery, on behind what is damaged. Single use.
/// </summary>
/// <param name="path">Full name of the file.</param>
/// <param name="buffer">What it is read into.</param>
/// <param name="visit">Given every frame.</param>
internal sealed class JournalFileWalk(string path, AlignedBuffer buffer, Action<JournalFrameInfo> visit)
{
    private readonly List<JournalFinding> _findings = [];
    private FrameScanner _scanner = null!;
    private JournalPosition _base;
    private long _lastNonZero;
    private long _frames;
    private long _frameBytes;
    private bool _isLastWithFrames;

    /// <summary>Where the last frame that says so says that the journal begins; null if none does.</summary>
    public JournalPosition? TrimmedTo { get; private set; }

    /// <summary>What the file's head says; null if it has no valid one.</summary>
    public JournalFileHeader? Head { get; private set; }

    /// <summary>Notes something about the file.</summary>
    public void Add(JournalFindingKind kind, long offset, string what) => _findings.Add(new JournalFinding(kind, path, offset, what));

    /// <summary>Whether a file holds anything behind its head.</summary>
    public static bool HoldsAnything(string path, AlignedBuffer buffer)
    {
        using var file = new InspectedFile(path);
        using var scanner = new FrameScanner(file, default, file.Length, buffer);
        return scanner.FirstNonZero(JournalFileHeader.Size) >= 0;
    }

    /// <summary>Does it.</summary>
    /// <param name="isLastWithFrames">Whether no later file holds frames, so that an unfinished write may stand at this one's end.</param>
    /// <param name="expectedBase">Where it should begin, for a file whose head cannot be read.</param>
    public JournalFileSummary Run(bool isLastWithFrames, JournalPosition expectedBase = default)
    {
        _isLastWithFrames = isLastWithFrames;
        using var file = new InspectedFile(path);
        ReadHead(file);
        _base = Head?.Base ?? expectedBase;
        long length = Head?.Length ?? file.Length;
        using var scanner = new FrameScanner(file, _base, length, buffer);
        _scanner = scanner;
        _lastNonZero = scanner.LastNonZero(JournalFileHeader.Size);
        Walk(length);
        return new JournalFileSummary(
            path, Head?.Number, _base, Head?.Length ?? file.Length, Head?.JournalId ?? Guid.Empty, _frames, _frameBytes, [.. _findings.OrderBy(static finding => finding.Offset)]);
    }

    private void ReadHead(InspectedFile file)
    {
        byte[] block = new byte[JournalFileHeader.Size];
        int count = file.Read(0, block);
        switch (JournalFileHeader.TryRead(block.AsSpan(0, count), out JournalFileHeader head))
        {
            case JournalFileHeaderStatus.Valid:
                Head = head;
                if (head.Length > file.Length)
                {
                    Add(JournalFindingKind.Damage, file.Length, $"ends there, but was made with {head.Length} bytes.");
                }

                break;
            case JournalFileHeaderStatus.OtherFormat:
                Add(JournalFindingKind.Damage, 12, "has a format that this version does not read.");
                break;
            default:
                using (var scanner = new FrameScanner(file, default, file.Length, buffer))
                {
                    bool isEmpty = _isLastWithFrames && scanner.FirstNonZero(JournalFileHeader.Size) < 0;
                    Add(isEmpty ? JournalFindingKind.Unfinished : JournalFindingKind.Damage, 0, "no valid head block.");
                }

                break;
        }
    }

    private void Walk(long length)
    {
        long at = JournalFileHeader.Size;
        while (length - at >= FrameHeader.Size)
        {
            if (_scanner.TryReadFrame(at, out FrameHeader header, out ReadOnlySpan<byte> payload, out string reason))
            {
                Take(header, at, payload);
                at += header.TotalSize;
                if (header.Kind == FrameKind.FileEnd)
                {
                    break;
                }
            }
            else if (!TryGoOnBehind(ref at, reason))
            {
                return;
            }
        }

        long stray = _scanner.FirstNonZero(at);
        if (stray >= 0)
        {
            Add(JournalFindingKind.Stray, stray, "not zero behind the frame that ends the file.");
        }
    }

    /// <summary>Judges a place that holds no sound frame. False if none follows; else <paramref name="at"/> is where to go on.</summary>
    private bool TryGoOnBehind(ref long at, string reason)
    {
        _lastNonZero = Math.Max(_lastNonZero, _scanner.LastNonZero(at));
        bool hasNext = _scanner.FindNextFrame(at, _lastNonZero, out long next);
        bool wasSynced = hasNext && _scanner.FindProofOfSync(at, _lastNonZero, out _);

        // A running node may have written it since it was read; had it been synced before what follows, then by now it is there.
        _scanner.Forget();
        if (_scanner.TryReadFrame(at, out FrameHeader header, out _, out _))
        {
            return true;
        }

        if (header.Position == _base + at && header.PayloadLength >= 0 && header != default)
        {
            visit(new JournalFrameInfo(header, at, null, null, IsIntact: false));
        }

        bool isDamage = wasSynced || !_isLastWithFrames;
        if (_lastNonZero >= at || isDamage)
        {
            string extent = hasNext ? $"the next sound frame is at byte {next}" : "no sound frame follows";
            Add(
                isDamage ? JournalFindingKind.Damage : JournalFindingKind.Unfinished,
                at,
                $"{reason}; {extent}" + (isDamage ? ", and this had been synced." : "."));
        }

        at = next;
        return hasNext;
    }

    private void Take(in FrameHeader header, long at, ReadOnlySpan<byte> payload)
    {
        if (_scanner.StrayPadding >= 0)
        {
            Add(JournalFindingKind.Stray, _scanner.StrayPadding, "not zero in the padding behind a frame.");
        }

        RecordBatchHeader batch = default;
        bool isSound = header.HoldsBatch
            ? RecordBatchHeader.TryRead(payload, out batch) && batch.TotalSize == payload.Length && batch.BaseOffset == header.BaseOffset.Value
            : header.Kind != FrameKind.Trimmed || ReadTrimmed(payload);
        if (!isSound)
        {
            Add(JournalFindingKind.Damage, at, $"a whole frame, but its payload is not what belongs into kind {header.Kind}.");
        }

        _frames++;
        _frameBytes += header.TotalSize;
        bool holdsBatch = header.HoldsBatch && isSound;
        visit(new JournalFrameInfo(header, at, holdsBatch ? batch.RecordCount : null, holdsBatch ? batch.NextOffset : null, isSound));
    }

    private bool ReadTrimmed(ReadOnlySpan<byte> payload)
    {
        bool isSound = JournalTrim.TryReadStart(payload, out JournalPosition start);
        TrimmedTo = isSound ? start : TrimmedTo;
        return isSound;
    }
}
