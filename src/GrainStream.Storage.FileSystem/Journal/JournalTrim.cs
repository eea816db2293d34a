using System.Buffers;
using System.Buffers.Binary;
using GrainStream.Core.Log;
using GrainStream.Protocol;
using GrainStream.Protocol.Records;
using GrainStream.Runtime.Journal;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem.Disk;

namespace GrainStream.Storage.FileSystem.Journal;

/// <summary>
/// Gives the oldest files back: a frame that says where the journal begins from now on, synced, and then the deletions, one after the
/// other. So recovery can tell a file that was given back from one that was lost. One trim at a time.
/// </summary>
/// <param name="groups">Takes the frame.</param>
/// <param name="files">The files.</param>
/// <param name="disk">Where they are.</param>
/// <param name="continueInline">Whether to go on on the thread that reports the sync: for a host without threads.</param>
internal sealed class JournalTrim(GroupCommit groups, JournalFileTable files, IJournalFiles disk, bool continueInline)
{
    private static readonly PartitionId NoPartition = new(TopicId.None, -1);

    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Where a <see cref="FrameKind.Trimmed"/> frame says that the journal begins.</summary>
    public static bool TryReadStart(ReadOnlySpan<byte> payload, out JournalPosition start)
    {
        start = default;
        if (payload.Length != sizeof(long))
        {
            return false;
        }

        start = new JournalPosition(BinaryPrimitives.ReadInt64LittleEndian(payload));
        return start.Value >= 0;
    }

    /// <inheritdoc cref="IJournal.TrimAsync"/>
    public Task<int> RunAsync(JournalPosition below)
    {
        lock (_lock)
        {
            Task<int> run = RunAsync(_last, below);
            _last = run;
            return run;
        }
    }

    /// <summary>Ends, in whatever way, when the trims asked for so far have.</summary>
    public async Task WhenIdle()
    {
        Task last;
        lock (_lock)
        {
            last = _last;
        }

        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>Writes the frame that says where the journal begins; with the next sync it counts.</summary>
    public void Note(JournalPosition start) => Append(start);

    private async Task<int> RunAsync(Task before, JournalPosition below)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        JournalPosition limit = below < groups.Synced ? below : groups.Synced;
        int count = files.FilesBelow(limit).Length;
        if (count == 0)
        {
            return 0;
        }

        JournalPosition start = files.FilesBelow(limit)[^1].End;
        await Append(start).Synced;
        DeleteBelow(start);
        return count;
    }

    private Waiter Append(JournalPosition start)
    {
        byte[] payload = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, start.Value);
        var frame = new JournalAppend
        {
            Kind = FrameKind.Trimmed,
            Partition = NoPartition,
            Epoch = new LeaderEpoch(-1),
            BaseOffset = Offset.Zero,
            End = Offset.Zero,
            Body = new ReadOnlySequence<byte>(payload),
            PayloadCrc = Crc32C.Compute(payload),
        };
        var waiter = new Waiter(continueInline);
        JournalAppendStatus status = groups.Append(frame, waiter, out _);
        return status == JournalAppendStatus.Appended ? waiter : throw new StorageUnavailableException(
            $"The journal in {disk.Directory} could not note that it gives files back: it is " +
            (status == JournalAppendStatus.NoSpace ? "full." : "closed."));
    }

    private void DeleteBelow(JournalPosition start)
    {
        try
        {
            while (files.Oldest.End <= start)
            {
                JournalFile oldest = files.Oldest;

                // A reader that holds the file may have no handle of its own yet, and will find no name any more.
                oldest.Disk.KeepReadable();

                // One after the other, so that a crash here cannot leave a gap; a file that could not be deleted stays the oldest.
                disk.Delete(oldest.Number);
                disk.SyncDirectory();
                files.RemoveOldest();
                oldest.Release();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"A journal file in {disk.Directory} could not be given back: {error.Message}", error);
        }
    }

    private sealed class Waiter(bool inline) : IJournalAppender
    {
        private readonly TaskCompletionSource _synced = new(
            inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Synced => _synced.Task;

        void IJournalAppender.Written(Offset end)
        {
            // Only what is synced lets a file be deleted.
        }

        void IJournalAppender.Synced(Offset end) => _synced.TrySetResult();

        void IJournalAppender.JournalFailed(Exception cause) => _synced.TrySetException(cause);
    }
}
