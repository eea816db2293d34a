using GrainStream.Protocol;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.FileSystem.Tests.Support;

/// <summary>Notes what it is told, checks that the contract is kept (order, one call at a time), and lets a test wait for an offset.</summary>
internal sealed class RecordingAppender : IJournalAppender
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<(Func<bool> Condition, TaskCompletionSource Done)> _waiters = [];
    private int _callsUnderWay;

    public List<string> Calls { get; } = [];

    public Offset WrittenEnd { get; private set; }

    public Offset SyncedEnd { get; private set; }

    public Exception? Failure { get; private set; }

    public string? Violation { get; private set; }

    public int SyncedCalls { get; private set; }

    public Action<Offset>? OnSynced { get; set; }

    public Action<Offset>? OnWritten { get; set; }

    public void Written(Offset end) => Note(() =>
    {
        Check(end > WrittenEnd, $"Written({end}) after Written({WrittenEnd})");
        WrittenEnd = end;
        Calls.Add($"written {end}");
        OnWritten?.Invoke(end);
    });

    public void Synced(Offset end) => Note(() =>
    {
        Check(end > SyncedEnd && end <= WrittenEnd, $"Synced({end}) after Synced({SyncedEnd}), Written({WrittenEnd})");
        SyncedEnd = end;
        SyncedCalls++;
        Calls.Add($"synced {end}");
        OnSynced?.Invoke(end);
    });

    public void JournalFailed(Exception cause) => Note(() =>
    {
        Check(Failure is null, "JournalFailed twice");
        Failure = cause;
        Calls.Add("failed");
    });

    public Task WhenSynced(long end) => When(() => SyncedEnd.Value >= end, $"synced {end}");

    public Task WhenWritten(long end) => When(() => WrittenEnd.Value >= end, $"written {end}");

    public Task WhenFailed() => When(() => Failure is not null, "failed");

    private async Task When(Func<bool> condition, string what)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (condition())
            {
                return;
            }

            _waiters.Add((condition, done));
        }

        try
        {
            await done.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not {what} within {Patience}; told so far: {string.Join(", ", Calls.TakeLast(5))}");
        }
    }

    private void Note(Action change)
    {
        if (Interlocked.Increment(ref _callsUnderWay) != 1)
        {
            Violation ??= "two calls at once";
        }

        lock (_lock)
        {
            change();
            foreach ((Func<bool> condition, TaskCompletionSource done) in _waiters)
            {
                if (condition())
                {
                    done.TrySetResult();
                }
            }
        }

        Interlocked.Decrement(ref _callsUnderWay);
    }

    private void Check(bool kept, string what) => Violation ??= kept ? null : what;
}
