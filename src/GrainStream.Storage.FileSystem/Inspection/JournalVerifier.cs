using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Runtime.Journal;
using GrainStream.Storage.FileSystem.Journal;

namespace GrainStream.Storage.FileSystem.Inspection;

/// <summary>
/// Checks the files of a journal one by one, that each follows the one before, that none is missing, and that each partition's offsets go on
/// without a gap. Single use.
/// </summary>
internal sealed class JournalVerifier(string directory, AlignedBuffer buffer)
{
    private readonly List<JournalFinding> _betweenFiles = [];
    private readonly List<JournalFileSummary> _files = [];
    private readonly Dictionary<PartitionId, long> _nextOffsets = [];
    private JournalFileWalk _walk = null!;
    private JournalPosition _start;

    public JournalVerification Run(IReadOnlyList<long> numbers)
    {
        int last = LastWithFrames(numbers);
        long? before = null;
        foreach ((int index, long number) in numbers.Index())
        {
            if (before is { } previous && number != previous + 1)
            {
                AddBetween(previous + 1, 0, "is missing, though later ones are there.");
            }

            if (TryWalk(number, isLastWithFrames: index >= last))
            {
                before = number;
            }
        }

        if (_files.Count > 0 && _files[0].Base > _start)
        {
            AddBetween((_files[0].Number ?? numbers[0]) - 1, 0, $"is missing: the journal begins at position {_start}, its first file at {_files[0].Base}.");
        }

        return new JournalVerification(directory, _files, _start, [.. _betweenFiles, .. _files.SelectMany(static file => file.Findings)]);
    }

    private int LastWithFrames(IReadOnlyList<long> numbers)
    {
        for (int index = numbers.Count - 1; index > 0; index--)
        {
            if (JournalFileWalk.HoldsAnything(JournalInspection.PathOf(directory, numbers[index]), buffer))
            {
                return index;
            }
        }

        return 0;
    }

    /// <summary>False if the file is gone: a running node gives its oldest files back.</summary>
    private bool TryWalk(long number, bool isLastWithFrames)
    {
        JournalFileSummary? previous = _files.Count > 0 ? _files[^1] : null;
        JournalPosition expected = previous is null ? default : previous.Base + previous.Length;
        _walk = new JournalFileWalk(JournalInspection.PathOf(directory, number), buffer, Visit);
        JournalFileSummary file;
        try
        {
            file = _walk.Run(isLastWithFrames, expected);
        }
        catch (FileNotFoundException) when (_files.Count == 0)
        {
            return false;
        }

        _start = _walk.TrimmedTo ?? _start;
        _files.Add(file);
        if (_walk.Head is { } head)
        {
            CheckHead(head, number, previous, expected);
        }

        return true;
    }

    private void CheckHead(in JournalFileHeader head, long number, JournalFileSummary? previous, JournalPosition expected)
    {
        if (head.Number != number)
        {
            AddBetween(number, 16, $"says that it is file {head.Number}.");
        }

        if (previous is not null && head.Base != expected)
        {
            AddBetween(number, 24, $"begins at position {head.Base}, the file before ends at {expected}.");
        }

        if (previous is not null && previous.JournalId != Guid.Empty && head.JournalId != previous.JournalId)
        {
            AddBetween(number, 40, $"belongs to another journal, {head.JournalId}.");
        }
    }

    private void Visit(JournalFrameInfo frame)
    {
        PartitionId partition = frame.Header.Partition;
        switch (frame.Header.Kind)
        {
            case FrameKind.Batch when frame.NextOffset is { } next:
                if (_nextOffsets.TryGetValue(partition, out long expected) && frame.Header.BaseOffset.Value != expected)
                {
                    _walk.Add(
                        JournalFindingKind.Damage,
                        frame.Offset,
                        $"partition {partition}: offset {frame.Header.BaseOffset} where offset {expected} comes next.");
                }

                _nextOffsets[partition] = next;
                break;
            case FrameKind.Checkpoint:
                // It carries the whole state: what comes next need not follow what the journal held before.
                _nextOffsets.Remove(partition);
                break;
        }
    }

    private void AddBetween(long number, long offset, string what) =>
        _betweenFiles.Add(new JournalFinding(JournalFindingKind.Damage, JournalInspection.PathOf(directory, number), offset, what));
}
