using System.Text;

namespace GrainStream.TestKit;

/// <summary>The lines that a running process has printed, with waiting for one of them. Thread-safe.</summary>
public sealed class ProcessOutput(TextWriter? copy = null)
{
    private readonly StringBuilder _text = new();
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _waiters = [];
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();
    private bool _ended;

    /// <summary>All of it so far.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            return _text.ToString();
        }
    }

    /// <summary>The last so many lines.</summary>
    public string Tail(int lines)
    {
        lock (_gate)
        {
            return string.Join('\n', _lines.TakeLast(lines));
        }
    }

    /// <summary>Adds a line; null marks the end.</summary>
    public void Add(string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                _ended = true;
                foreach ((_, TaskCompletionSource<string> found) in _waiters)
                {
                    found.TrySetException(new InvalidOperationException($"The process ended without printing the awaited line. It printed:\n{_text}"));
                }

                return;
            }

            _text.Append(line).Append('\n');
            _lines.Add(line);
            copy?.WriteLine(line);
            copy?.Flush();
            foreach ((Func<string, bool> matches, TaskCompletionSource<string> found) in _waiters)
            {
                if (matches(line))
                {
                    found.TrySetResult(line);
                }
            }
        }
    }

    /// <summary>The first line, printed already or yet to come, that matches.</summary>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> matches, TimeSpan timeout, string what)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            string? printed = _lines.Find(line => matches(line));
            if (printed is not null)
            {
                return printed;
            }

            if (_ended)
            {
                throw new InvalidOperationException($"The process ended without printing {what}. It printed:\n{_text}");
            }

            _waiters.Add((matches, found));
        }

        try
        {
            return await found.Task.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No {what} within {timeout.TotalSeconds:0} s. Printed so far:\n{this}");
        }
    }
}
