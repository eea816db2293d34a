using System.Diagnostics;
using System.Text.Json;
using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests.Groups;

/// <summary>
/// A member of a group in a process of its own: one of the scripts in clients/, which tells what happens, one JSON object a line:
/// <c>{"event": "assignment", "why": "assigned", "partitions": ["topic-0"]}</c> with all it owns after each change,
/// <c>{"event": "record", "partition": "topic-0", "offset": 5, "value": "v"}</c> before it commits a record, <c>{"event": "committed", "value": "v"}</c> after,
/// <c>{"event": "error", "code": "...", "fatal": false}</c>. Thread-safe.
/// </summary>
internal sealed class GroupMember : IAsyncDisposable
{
    /// <summary>Beyond any rebalance with the tests' session time-out of 6 s, on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly string _name;
    private readonly Lock _gate = new();
    private readonly List<ConsumedRecord> _records = [];
    private readonly List<string> _committed = [];
    private readonly List<string> _log = [];
    private string[] _assignment = [];
    private int _assignments;
    private int _changes;

    private GroupMember(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    /// <summary>Starts a member.</summary>
    public static GroupMember Start(MemberKind kind, string bootstrap, MemberConfig config)
    {
        string text = JsonSerializer.Serialize(config with { Assignor = kind.Assignor, Protocol = kind.Protocol });
        Process process = new()
        {
            StartInfo = new ProcessStartInfo(kind.Client.Program, [.. kind.Client.Arguments, "member", bootstrap, text])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        GroupMember member = new(process, $"{kind.Name} of {config.Group}");
        process.OutputDataReceived += (_, data) => member.Receive(data.Data);
        process.ErrorDataReceived += (_, data) => member.Log(data.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return member;
    }

    /// <summary>The partitions it owns, such as "topic-0", in order.</summary>
    public string[] Assignment
    {
        get
        {
            lock (_gate)
            {
                return _assignment;
            }
        }
    }

    /// <summary>How often its assignment has been told, also when it stayed the same.</summary>
    public int Changes
    {
        get
        {
            lock (_gate)
            {
                return _changes;
            }
        }
    }

    /// <summary>How often it was assigned partitions.</summary>
    public int Assignments
    {
        get
        {
            lock (_gate)
            {
                return _assignments;
            }
        }
    }

    /// <summary>What it has read, in order.</summary>
    public ConsumedRecord[] Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>Values of the records that it has committed.</summary>
    public string[] Committed
    {
        get
        {
            lock (_gate)
            {
                return [.. _committed];
            }
        }
    }

    /// <summary>The last lines it printed.</summary>
    public string Tail
    {
        get
        {
            lock (_gate)
            {
                return $"{_name} ({(_process.HasExited ? $"ended with {_process.ExitCode}" : "running")}):\n  {string.Join("\n  ", _log.TakeLast(25))}";
            }
        }
    }

    /// <summary>Completes when the condition holds, which looks at these members.</summary>
    /// <exception cref="TimeoutException">It did not; the message shows what the members told.</exception>
    public static async Task UntilAsync(string what, IReadOnlyList<GroupMember> members, Func<bool> condition)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain until {what}.\n{string.Join('\n', members.Select(member => member.Tail))}");
            }

            await Task.Delay(Interval);
        }
    }

    /// <summary>Completes when the members own so many partitions in all, none of them twice, and none more than one more than another.</summary>
    public static Task UntilSharedAsync(int partitions, params GroupMember[] members) => UntilAsync(
        $"{members.Length} members share {partitions} partitions",
        members,
        () =>
        {
            string[][] owned = [.. members.Select(member => member.Assignment)];
            return owned.Sum(one => one.Length) == partitions
                && owned.SelectMany(one => one).Distinct(StringComparer.Ordinal).Count() == partitions
                && owned.Max(one => one.Length) - owned.Min(one => one.Length) <= 1;
        });

    /// <summary>Completes when these values have been read, by whichever of the members.</summary>
    public static Task UntilReadAsync(IReadOnlyCollection<string> values, params GroupMember[] members) => UntilAsync(
        $"all of {values.Count} records are read",
        members,
        () => !values.Except(members.SelectMany(member => member.Records).Select(record => record.Value)).Any());

    /// <summary>Completes when these values have been read and committed, by whichever of the members.</summary>
    public static Task UntilCommittedAsync(IReadOnlyCollection<string> values, params GroupMember[] members) => UntilAsync(
        $"all of {values.Count} records are committed",
        members,
        () => !values.Except(members.SelectMany(member => member.Committed)).Any());

    /// <summary>Has it leave the group and end in good order.</summary>
    public async Task LeaveAsync()
    {
        await _process.StandardInput.WriteLineAsync("leave");
        await _process.StandardInput.FlushAsync();
        using CancellationTokenSource expired = new(Limit);
        try
        {
            await _process.WaitForExitAsync(expired.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not leave within {Limit.TotalSeconds} s: {Tail}");
        }

        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"It did not leave in good order: {Tail}");
        }
    }

    /// <summary>Ends it with SIGKILL: nothing of it runs any more, and the broker is not told.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Receive(string? line)
    {
        if (line is null)
        {
            return;
        }

        Log(line);
        if (!line.StartsWith('{'))
        {
            return;
        }

        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement told = document.RootElement;
        string kind = told.GetProperty("event").GetString()!;
        lock (_gate)
        {
            if (kind == "assignment")
            {
                _assignment = [.. told.GetProperty("partitions").EnumerateArray().Select(partition => partition.GetString()!)];
                _changes++;
                _assignments += told.GetProperty("why").GetString() == "assigned" ? 1 : 0;
            }
            else if (kind == "committed")
            {
                _committed.Add(told.GetProperty("value").GetString()!);
            }
            else if (kind == "record")
            {
                _records.Add(new ConsumedRecord(
                    told.GetProperty("partition").GetString()!,
                    told.GetProperty("offset").GetInt64(),
                    told.GetProperty("value").GetString()!));
            }
        }
    }

    private void Log(string? line)
    {
        if (line is not null)
        {
            lock (_gate)
            {
                _log.Add(line);
            }
        }
    }
}

/// <summary>A record as a member read it.</summary>
internal sealed record ConsumedRecord(string Partition, long Offset, string Value);
