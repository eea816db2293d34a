using System.Diagnostics;
using GrainStream.Core.Log;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Disk;
using GrainStream.Storage.FileSystem.Journal;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem;

/// <summary>
/// A node's write-ahead journal in numbered files of one directory: every partition's appends in one sequence, made durable in groups,
/// and kept in memory as the cache of all tails. Files and rules: docs/formats/journal.md; why direct I/O: docs/decisions/0001.
/// <para>One thread of its own writes and syncs; appenders copy into memory side by side. The data directory is this journal's alone
/// while it is open.</para>
/// </summary>
public sealed class FileJournal : IJournal
{
    private readonly FileJournalOptions _options;
    private readonly IJournalFiles _disk;
    private readonly JournalFileTable _files;
    private readonly NextFile _nextFile;
    private readonly SlabCache _slabs;
    private readonly RoomGate _room;
    private readonly GroupCommit _groups;
    private readonly CompletionQueue _completions;
    private readonly GroupWriter _writer;
    private readonly JournalTrim _trim;
    private readonly JournalInstruments _instruments;
    private readonly ILogger _logger;
    private readonly bool _ownThread;
    private readonly WriterSignal _work = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _preparing = Task.CompletedTask;
    private bool _stopping;
    private int _disposed;

    private FileJournal(
        FileJournalOptions options,
        IJournalFiles disk,
        RecoveredJournal recovered,
        TimeProvider time,
        ILogger logger,
        JournalInstruments instruments,
        bool ownThread)
    {
        _options = options;
        _ownThread = ownThread;
        _disk = disk;
        _logger = logger;
        _instruments = instruments;
        _files = new JournalFileTable(recovered.Files);
        _nextFile = new NextFile(disk, recovered.JournalId, options, () => _files.Bytes, time, logger);
        _slabs = new SlabCache(options.SlabBytes, options.TailMemoryBytes);
        _room = new RoomGate(options.MaxPendingBytes);
        _groups = new GroupCommit(options, _files, _nextFile, _slabs, _room)
        {
            NextFileWanted = PrepareNextFile,
            GroupWaiting = _work.Raise,
        };
        _completions = new CompletionQueue(logger, _groups.Recycle);
        _writer = new GroupWriter(_groups, _room, _completions, instruments, time, logger, callbacksInline: !ownThread);
        _trim = new JournalTrim(_groups, _files, disk, continueInline: !ownThread);
        _writer.Start(recovered.LastBlock);
        _nextFile.Start(recovered.Files[^1], recovered.Next);
        _groups.Start(recovered.Files[^1], recovered.End);
        instruments.ObserveMemory(() => _slabs.TotalBytes);
    }

    /// <summary>Completes, with the cause, when a write or a sync failed. The journal then takes nothing more.</summary>
    public Task<Exception> Failure => _writer.Failure;

    /// <summary>Up to where everything appended is on stable storage.</summary>
    public JournalPosition SyncedPosition => _groups.Synced;

    /// <summary>
    /// Opens the journal of a data directory, which is made if it is missing: replays every frame, then goes on after the last. On the
    /// calling thread.
    /// </summary>
    /// <param name="options">Validated here.</param>
    /// <param name="replay">Given every frame there is, in order, before this returns.</param>
    /// <param name="time">Measures, and spaces out attempts on a full disk.</param>
    /// <param name="logger">Category is the caller's choice.</param>
    /// <param name="instruments">Handed over; null for some that nobody else listens to by name.</param>
    /// <exception cref="StorageUnavailableException">The directory is in use, not writable or full; the message says what to do.</exception>
    /// <exception cref="CorruptDataException">The journal is damaged; the message names file, byte, and the choices.</exception>
    public static FileJournal Open(
        FileJournalOptions options, IJournalReplay replay, TimeProvider time, ILogger logger, JournalInstruments? instruments = null)
    {
        options.Validate();
        return Open(options, DirectoryJournalFiles.Open(options, logger), replay, time, logger, instruments, ownThread: true);
    }

    /// <summary>
    /// As the public one, on any disk, which is handed over. Without a thread of its own nothing happens but in <see cref="Step"/>,
    /// <see cref="Append"/> and <see cref="DisposeAsync"/>, on the caller's thread: for deterministic simulation.
    /// </summary>
    internal static FileJournal Open(
        FileJournalOptions options,
        IJournalFiles disk,
        IJournalReplay replay,
        TimeProvider time,
        ILogger logger,
        JournalInstruments? instruments,
        bool ownThread)
    {
        try
        {
            long started = time.GetTimestamp();
            RecoveredJournal recovered;
            using (var recovery = new JournalRecovery(disk, options, replay, logger, readAhead: ownThread))
            {
                recovered = recovery.Run();
            }

            JournalLogMessages.Opened(
                logger,
                disk.Directory,
                recovered.Frames,
                recovered.Bytes,
                recovered.Files.Count,
                time.GetElapsedTime(started).TotalMilliseconds,
                recovered.End);
            var journal = new FileJournal(options, disk, recovered, time, logger, instruments ?? new JournalInstruments(), ownThread);
            if (ownThread)
            {
                new Thread(journal.WriteGroups) { IsBackground = true, Name = "journal writer" }.Start();
            }

            journal.PrepareNextFile();
            if (recovered.FrontLost)
            {
                journal._trim.Note(journal.Start);
            }

            return journal;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    public ValueTask WaitForRoomAsync(int bytes, CancellationToken cancellationToken) => _room.WaitAsync(bytes, cancellationToken);

    public JournalAppendStatus Append(in JournalAppend append, IJournalAppender appender, out JournalSlot slot) =>
        _groups.Append(append, appender, out slot);

    public bool TryPin(JournalPosition position, out JournalPin pin) => _slabs.TryPin(position, out pin);

    public async ValueTask<int> ReadAsync(JournalPosition position, Memory<byte> destination, CancellationToken cancellationToken)
    {
        JournalPosition synced = SyncedPosition;
        if (!_files.TryFind(position, out JournalFile file) || !file.TryRetain())
        {
            return position.Value >= 0
                ? 0
                : throw new CorruptDataException($"Position {position} is none of the journal in {_disk.Directory}.");
        }

        try
        {
            JournalPosition end = synced < file.End ? synced : file.End;
            if (position < file.FirstFrame || position >= end)
            {
                return 0;
            }

            int length = (int)Math.Min(destination.Length, end - position);
            return await file.Disk.ReadAsync(position - file.Base, destination[..length], cancellationToken);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw new StorageUnavailableException($"{Describe(position)} could not be read: {error.Message}", error);
        }
        finally
        {
            file.Release();
        }
    }

    public JournalPosition Start => _files.Oldest.Base;

    public JournalPosition End => _groups.End;

    public JournalPosition OldestFileEnd => _files.Oldest.End;

    public JournalUsage Usage =>
        new(Start, End, _files.Bytes + _nextFile.ReadyBytes, _options.MaxBytes, _options.FileBytes);

    public IDisposable Hold(JournalPosition from) => _files.Hold(from);

    public string Describe(JournalPosition position) => _files.TryFind(position, out JournalFile file)
        ? $"Journal file {_disk.PathOf(file.Number)}, byte {position - file.Base}"
        : $"Journal {_disk.Directory}, position {position}";

    public async ValueTask<int> TrimAsync(JournalPosition below)
    {
        int trimmed = await _trim.RunAsync(below);
        if (trimmed > 0)
        {
            JournalLogMessages.Trimmed(_logger, _disk.Directory, trimmed, Start);
            _nextFile.SpaceFreed();
            PrepareNextFile();
        }

        return trimmed;
    }

    /// <summary>Takes no more appends, makes those taken durable and tells their appenders, notes that it stopped in good order, and lets go of the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _stopped.Task;
            return;
        }

        _groups.Close();
        Volatile.Write(ref _stopping, true);
        if (_ownThread)
        {
            _work.Raise();
        }
        else
        {
            WriteGroups();
        }

        await _stopped.Task;
        await _completions.WhenIdle();
        await _trim.WhenIdle();
        await Volatile.Read(ref _preparing);
        _writer.Dispose();
        _nextFile.Dispose();
        _files.Dispose();
        _slabs.Dispose();
        _instruments.Dispose();
        _disk.Dispose();
    }

    /// <summary>Commits one group, if one waits. Only without a thread of its own.</summary>
    internal bool Step() => _writer.Step();

    private void WriteGroups()
    {
        bool cleanStopTried = false;
        while (true)
        {
            if (_writer.Step())
            {
                continue;
            }

            if (!Volatile.Read(ref _stopping))
            {
                _work.Wait();
                continue;
            }

            if (cleanStopTried || Failure.IsCompleted)
            {
                break;
            }

            cleanStopTried = true;
            if (!_groups.TryAppendCleanStop())
            {
                JournalLogMessages.CleanStopNotWritten(_logger);
            }
        }

        _stopped.SetResult();
    }

    private void PrepareNextFile()
    {
        if (_ownThread)
        {
            Volatile.Write(ref _preparing, Task.Run(_nextFile.Prepare));
        }
        else
        {
            _nextFile.Prepare();
        }
    }
}
