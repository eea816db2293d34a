using System.Diagnostics.CodeAnalysis;
using GrainStream.Core.Log;
using GrainStream.Storage.FileSystem.Disk;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// Keeps the file after the current one ready, made in the background, so that going on to it costs appenders nothing. If it is not ready
/// when it is needed it is made there and then; while the disk is full that is tried once a second at most. It is not made ahead while that
/// would take the journal beyond its bound: trimming is to come first, if it can.
/// </summary>
/// <param name="files">Where files are made.</param>
/// <param name="journalId">The journal they belong to.</param>
/// <param name="options">How large they are, and how much there may be in all.</param>
/// <param name="usedBytes">Bytes of the files in use.</param>
/// <param name="time">Spaces out attempts.</param>
/// <param name="logger">Told of a full disk.</param>
internal sealed class NextFile(
    IJournalFiles files, Guid journalId, FileJournalOptions options, Func<long> usedBytes, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private JournalFile? _ready;
    private long _number;
    private JournalPosition _base;
    private long? _failedAt;
    private bool _mayTryAtOnce;
    private bool _disposed;

    /// <summary>Bytes of the file that was made ahead; 0 if there is none. Takes no lock.</summary>
    public long ReadyBytes => Volatile.Read(ref _ready)?.Length ?? 0;

    /// <summary>Begins: the next file is the one after <paramref name="current"/>.</summary>
    /// <param name="current">The file in use.</param>
    /// <param name="ready">The next file, if an earlier run made it.</param>
    public void Start(JournalFile current, JournalFile? ready)
    {
        lock (_lock)
        {
            Expect(current, ready);
        }
    }

    /// <summary>Makes the file if it is not there. Failing is no error yet: the file is not needed yet.</summary>
    public void Prepare()
    {
        lock (_lock)
        {
            if (_ready is null && !_disposed && usedBytes() + options.FileBytes <= options.MaxBytes)
            {
                TryCreate(options.FileBytes);
            }
        }
    }

    /// <summary>Says that a file was deleted: what failed for want of space may be tried again at once.</summary>
    public void SpaceFreed()
    {
        lock (_lock)
        {
            _mayTryAtOnce = true;
        }
    }

    /// <summary>Hands the file over, with at least <paramref name="length"/> bytes. False while the disk has no room for it.</summary>
    public bool TryTake(long length, [NotNullWhen(true)] out JournalFile? file)
    {
        lock (_lock)
        {
            file = null;
            if (_ready is null && (!MayTry() || !TryCreate(Math.Max(length, options.FileBytes))))
            {
                return false;
            }

            if (_ready!.Length < length && (!MayTry() || !TryExtend(_ready, length)))
            {
                return false;
            }

            file = _ready;
            Expect(file, ready: null);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _ready?.Dispose();
            _ready = null;
        }
    }

    private void Expect(JournalFile current, JournalFile? ready)
    {
        _number = current.Number + 1;
        _base = current.End;
        Volatile.Write(ref _ready, ready);
    }

    private bool MayTry() => _mayTryAtOnce || _failedAt is not { } failedAt || time.GetElapsedTime(failedAt) >= RetryInterval;

    private bool TryCreate(long length)
    {
        var header = new JournalFileHeader(_number, _base, length, journalId);
        return Try(length, () => _ready = new JournalFile(header, files.Create(_number, length, header.ToBlock())));
    }

    private bool TryExtend(JournalFile file, long length) => Try(length, () => file.Extend(length));

    private bool Try(long length, Action action)
    {
        _mayTryAtOnce = false;
        try
        {
            action();
            if (_failedAt is not null)
            {
                JournalLogMessages.SpaceReturned(logger, files.PathOf(_number));
                _failedAt = null;
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing was written, so any failure here may pass: it is tried again, and said once.
            if (_failedAt is null)
            {
                JournalLogMessages.NextFileRefused(logger, files.PathOf(_number), length, error.Message);
            }

            _failedAt = time.GetTimestamp();
            return false;
        }
    }
}
