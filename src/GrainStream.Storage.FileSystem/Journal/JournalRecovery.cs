using GrainStream.Core.Log;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Disk;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// Reads a journal back when a node starts: replays every frame in order, finds the end, and tells what a crash left unfinished (cut)
/// from damage (refused, unless the operator accepts it). The rules are drawn in docs/formats/journal.md.
/// </summary>
internal sealed class JournalRecovery : IDisposable
{
    private const int BufferBytes = 4 << 20;

    private readonly IJournalFiles _files;
    private readonly FileJournalOptions _options;
    private readonly IJournalReplay _replay;
    private readonly ILogger _logger;
    private readonly AlignedBuffer _buffer;
    private readonly bool _readAhead;
    private readonly List<JournalFile> _opened = [];
    private long _frames;
    private long _bytes;
    private Guid? _journalId;
    private JournalPosition _start;
    private bool _frontLost;

    /// <param name="files">The journal.</param>
    /// <param name="options">Sizes, and what to do about damage.</param>
    /// <param name="replay">Given every frame.</param>
    /// <param name="logger">Told what was found.</param>
    /// <param name="readAhead">Whether another thread may read while this one replays: not where a host has one only.</param>
    public JournalRecovery(IJournalFiles files, FileJournalOptions options, IJournalReplay replay, ILogger logger, bool readAhead)
    {
        _readAhead = readAhead;
        _files = files;
        _options = options;
        _replay = replay;
        _logger = logger;
        _buffer = new AlignedBuffer((int)Math.Min(BufferBytes, options.FileBytes));
    }

    /// <summary>Does it all. On an exception nothing on disk was changed.</summary>
    /// <exception cref="CorruptDataException">Damage; the message names file, byte and choices.</exception>
    /// <exception cref="StorageUnavailableException">Written by a version this one does not understand, or the disk does not answer.</exception>
    public RecoveredJournal Run()
    {
        try
        {
            return Recover();
        }
        catch (Exception error)
        {
            foreach (JournalFile file in _opened)
            {
                file.Dispose();
            }

            if (error is IOException and not CorruptDataException and not StorageUnavailableException)
            {
                throw new StorageUnavailableException($"The journal in {_files.Directory} cannot be read: {error.Message}", error);
            }

            throw;
        }
    }

    public void Dispose() => _buffer.Dispose();

    private RecoveredJournal Recover()
    {
        IReadOnlyList<long> numbers = _files.List();
        long end = JournalFileHeader.Size;
        for (int i = 0; i < numbers.Count; i++)
        {
            if (OpenFile(numbers, i) is { } damage)
            {
                return CutAtDamage(numbers, damage, end);
            }

            if (_opened.Count == i)
            {
                // Not even a head: the last file, whose making was cut short.
                return GoOn(numbers, i, end);
            }

            bool complete = ReplayFile(_opened[i], out end, out string reason);
            if (!complete)
            {
                return FinishAt(numbers, i, end, reason);
            }
        }

        return GoOn(numbers, numbers.Count, end);
    }

    /// <summary>Opens a file and checks that it is the one that belongs here. Adds it to the opened if it is, or has the head of another.</summary>
    private Damage? OpenFile(IReadOnlyList<long> numbers, int index)
    {
        if (index > 0 && numbers[index] != numbers[index - 1] + 1)
        {
            return new Damage(index, 0, $"File {_files.PathOf(numbers[index - 1] + 1)} is missing, though later ones are there.");
        }

        string path = _files.PathOf(numbers[index]);
        IJournalFile disk = _files.Open(numbers[index]);
        var expected = new JournalFileHeader(numbers[index], index == 0 ? default : _opened[^1].End, disk.Length, _journalId ?? default);
        var file = new JournalFile(expected, disk);
        JournalFileHeader header;
        using (var scanner = Scan(file))
        {
            ReadOnlySpan<byte> block = disk.Length >= JournalFileHeader.Size ? scanner.Bytes(0, JournalFileHeader.Size) : default;
            JournalFileHeaderStatus status = JournalFileHeader.TryRead(block, out header);

            // The first file of all, or one made ahead; before any other first file there was one, and so there were frames in this one.
            bool mayBeUnused = index == numbers.Count - 1 && (index > 0 || numbers[0] == 1);
            bool neverUsed = mayBeUnused && scanner.LastNonZero(JournalFileHeader.Size) < 0;
            if (status != JournalFileHeaderStatus.Valid)
            {
                disk.Dispose();
                return status == JournalFileHeaderStatus.OtherFormat
                    ? throw new StorageUnavailableException(
                        $"Journal file {path} has a format that this version does not read. Start the version that wrote it.")
                    : neverUsed ? null : new Damage(index, 0, $"File {path}, byte 0: no valid head block.");
            }
        }

        _journalId ??= header.JournalId;
        _opened.Add(new JournalFile(header, disk));
        return header switch
        {
            _ when header.Number != expected.Number =>
                new Damage(index, 0, $"File {path}, byte 16: says that it is file {header.Number}."),
            _ when index > 0 && header.Base != expected.Base =>
                new Damage(index, 0, $"File {path}, byte 24: begins at position {header.Base}, the file before ends at {expected.Base}."),
            _ when header.JournalId != _journalId =>
                new Damage(index, 0, $"File {path}, byte 40: belongs to another journal, {header.JournalId}."),
            _ => null,
        };
    }

    /// <summary>Replays a file. True if it is complete; otherwise why not, and where its frames end.</summary>
    private bool ReplayFile(JournalFile file, out long end, out string reason)
    {
        using ReadAhead? ahead = _readAhead ? new ReadAhead(file.Disk, file.Length, _buffer.Length) : null;
        using var scanner = new FrameScanner((IBlockReader?)ahead ?? file.Disk, file.Base, file.Length, _buffer);
        end = JournalFileHeader.Size;
        reason = "";
        while (file.Length - end >= FrameHeader.Size)
        {
            if (!scanner.TryReadFrame(end, out FrameHeader header, out ReadOnlySpan<byte> payload, out reason))
            {
                return false;
            }

            ReportStrayBytes(file, scanner.StrayPadding);
            end += header.TotalSize;
            if (header.Kind == FrameKind.FileEnd)
            {
                break;
            }

            Take(file, header, payload);
        }

        ReportStrayBytes(file, scanner.FirstNonZero(end));
        if (file.Disk.Length < file.Length)
        {
            JournalLogMessages.LostPadding(_logger, _files.PathOf(file.Number), file.Disk.Length, EndsThere(file));
        }

        end = file.Length;
        return true;
    }

    private void Take(JournalFile file, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Kind)
        {
            case FrameKind.CleanStop:
                break;
            case FrameKind.Trimmed:
                if (!JournalTrim.TryReadStart(payload, out _start))
                {
                    throw new CorruptDataException(
                        $"File {_files.PathOf(file.Number)}, byte {header.Position - file.Base}: a frame that says where the journal begins, but with " +
                        $"{payload.Length} bytes. Its checksum is right, so it was written so.");
                }

                break;
            default:
                _replay.Replay(header, file.Base, payload);
                _frames++;
                _bytes += header.TotalSize;
                break;
        }
    }

    /// <summary>Nobody ever reads bytes behind the frame that ends a file: they are no reason to refuse the start, but one to look at the disk.</summary>
    private void ReportStrayBytes(JournalFile file, long offset)
    {
        if (offset >= 0)
        {
            JournalLogMessages.StrayByte(_logger, _files.PathOf(file.Number), offset);
        }
    }

    /// <summary>The files before the first there is must have been given back: then a later frame says so.</summary>
    private void CheckFront(IReadOnlyList<long> numbers)
    {
        if (_frontLost || _opened.Count == 0 || _opened[0].Base <= _start)
        {
            return;
        }

        string what = $"File {_files.PathOf(numbers[0] - 1)} is missing: the journal begins at position {_start}, " +
            $"its first file at position {_opened[0].Base}.";
        if (!_options.AcceptDamage)
        {
            throw Refusal(what);
        }

        _frontLost = true;
        JournalLogMessages.DamageAccepted(_logger, what, "nothing");
    }

    /// <summary>Deletes what was to be given back when the node stopped.</summary>
    private void DeleteTrimmed()
    {
        while (_opened.Count > 1 && _opened[0].End <= _start)
        {
            JournalFile file = _opened[0];
            _opened.RemoveAt(0);
            file.Dispose();
            _files.Delete(file.Number);
            _files.SyncDirectory();
            JournalLogMessages.TrimmedFileDeleted(_logger, _files.PathOf(file.Number));
        }
    }

    /// <summary>The frames of a file end before the file: the journal's end, an unfinished write, or damage?</summary>
    private RecoveredJournal FinishAt(IReadOnlyList<long> numbers, int index, long end, string reason)
    {
        JournalFile file = _opened[index];
        if (file.Disk.Length < file.Length)
        {
            return CutAtDamage(numbers, new Damage(index, end, $"File {_files.PathOf(file.Number)}, byte {file.Disk.Length}: {EndsThere(file)}"), end);
        }

        string where = $"File {_files.PathOf(file.Number)}, byte {end}: {reason}";
        using var scanner = Scan(file);
        long lastNonZero = scanner.LastNonZero(end);
        if (scanner.FindProofOfSync(end, lastNonZero, out long proof))
        {
            return CutAtDamage(
                numbers, new Damage(index, end, $"{where}, yet the frame at byte {proof} was appended when this had been synced."), end);
        }

        for (int later = index + 1; later < numbers.Count; later++)
        {
            if (OpenFile(numbers, later) is { } damage)
            {
                return CutAtDamage(numbers, damage with { FileIndex = index, Offset = end }, end);
            }

            if (_opened.Count > later && HoldsAnything(_opened[later]))
            {
                // A file is written to only once the one before it is complete on stable storage.
                return CutAtDamage(
                    numbers, new Damage(index, end, $"{where}, yet the journal goes on in {_files.PathOf(numbers[later])}."), end);
            }
        }

        CheckFront(numbers);
        if (lastNonZero >= 0)
        {
            file.WriteZeros(end, lastNonZero + 1);
            JournalLogMessages.TornWriteCut(_logger, _files.PathOf(file.Number), end, lastNonZero + 1 - end);
        }

        return GoOn(numbers, index + 1, end);
    }

    private static string EndsThere(JournalFile file) => $"ends there, but was made with {file.Length} bytes.";

    private FrameScanner Scan(JournalFile file) => new(file.Disk, file.Base, file.Length, _buffer);

    private bool HoldsAnything(JournalFile file)
    {
        using var scanner = Scan(file);
        return scanner.LastNonZero(JournalFileHeader.Size) >= 0;
    }

    /// <summary>
    /// Goes on after the first <paramref name="count"/> files, <paramref name="end"/> being where the frames of the last one end. Files
    /// after them hold nothing: one made ahead is kept for its purpose, others are deleted.
    /// </summary>
    private RecoveredJournal GoOn(IReadOnlyList<long> numbers, int count, long end)
    {
        CheckFront(numbers);
        JournalFile? next = count > 0 && _opened.Count > count && _opened[count].Disk.Length >= _opened[count].Length ? _opened[count] : null;
        int kept = next is null ? count : count + 1;
        CloseAfter(kept);
        for (int i = numbers.Count - 1; i >= kept; i--)
        {
            // One after the other, so that a crash here cannot leave a gap.
            _files.Delete(numbers[i]);
            _files.SyncDirectory();
            JournalLogMessages.EmptyFileRemoved(_logger, _files.PathOf(numbers[i]));
        }

        if (next is not null)
        {
            _opened.RemoveAt(count);
        }

        return _opened.Count == 0 ? Create(numbers.Count == 0 ? 1 : numbers[0]) : Finish(end, next);
    }

    private void CloseAfter(int count)
    {
        while (_opened.Count > count)
        {
            _opened[^1].Dispose();
            _opened.RemoveAt(_opened.Count - 1);
        }
    }

    private RecoveredJournal Create(long number)
    {
        Guid journalId = _journalId ??= Guid.NewGuid();
        var header = new JournalFileHeader(number, default, _options.FileBytes, journalId);
        try
        {
            _opened.Add(new JournalFile(header, _files.Create(number, _options.FileBytes, header.ToBlock())));
        }
        catch (DiskFullException error)
        {
            throw new StorageUnavailableException(
                $"No room for the first journal file, {_options.FileBytes} bytes: {error.Message} " +
                "Free space, or set GrainStream:Journal:FileBytes lower.",
                error);
        }

        return Finish(JournalFileHeader.Size, next: null);
    }

    private RecoveredJournal Finish(long end, JournalFile? next)
    {
        DeleteTrimmed();
        JournalFile file = _opened[^1];
        foreach (JournalFile older in _opened[..^1])
        {
            older.Disk.Seal();
        }

        // What was replayed counts as durable from here on, but may have been on its way to the disk when the node died.
        file.Disk.Sync();
        int inLast = (int)(end % Blocks.Size);
        using var scanner = Scan(file);
        byte[] lastBlock = inLast == 0 ? [] : scanner.Bytes(Blocks.Down(end), inLast).ToArray();
        return new RecoveredJournal(_journalId!.Value, [.. _opened], next, file.Base + end, lastBlock, _frames, _bytes, _frontLost);
    }

    private RecoveredJournal CutAtDamage(IReadOnlyList<long> numbers, Damage damage, long end)
    {
        if (!_options.AcceptDamage)
        {
            throw Refusal(damage.What);
        }

        CheckFront(numbers);

        bool cutsFile = damage.Offset > 0;
        int whole = cutsFile ? damage.FileIndex + 1 : damage.FileIndex;
        CloseAfter(whole);
        var kept = new List<string>();
        for (int i = numbers.Count - 1; i >= whole; i--)
        {
            kept.Add(_files.MoveAside(numbers[i]));
            _files.SyncDirectory();
        }

        if (cutsFile)
        {
            JournalFile file = _opened[damage.FileIndex];
            kept.Add(_files.CopyAside(file.Number));
            _files.SyncDirectory();
            if (file.Disk.Length < file.Length)
            {
                file.Disk.Extend(file.Length);
            }

            file.WriteZeros(damage.Offset, file.Length);
        }

        JournalLogMessages.DamageAccepted(_logger, damage.What, string.Join(", ", kept));
        return _opened.Count == 0 ? Create(numbers[0]) : Finish(end, next: null);
    }

    private CorruptDataException Refusal(string what) => new(
        $"The journal is damaged. {what} Nothing was changed. Either restore {_files.Directory} from a copy; or, to give up every " +
        "record from there on, start once with GrainStream:Journal:AcceptDamage=true, which keeps what it cuts off as *.damaged files.");
}
